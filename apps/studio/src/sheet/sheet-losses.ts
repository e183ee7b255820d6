/** What the sheet printed: the error of the last minibatch of each tenth epoch, of 100. */
export const printedLosses: ReadonlyMap<number, number> = new Map(
  [0.6744, 0.1035, 0.2146, 0.3614, 0.3134, 0.3515, 0.4389, 0.3787, 0.4541, 0.4365].map(
    (loss, tenth) => [10 * tenth, loss],
  ),
)
