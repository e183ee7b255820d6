/**
 * Seconds that so many epochs of a training take, behind a first one that starts the worker and lets
 * its code be optimised. Each epoch includes its `state`, from which the run could be resumed. The
 * worker is at most one epoch ahead, so the last one comes when it is done.
 *
 * @param train starts a training of so many epochs
 */
export async function epochSeconds(epochs, train) {
  let [start, end] = [0, 0]
  for await (const { epoch } of train(epochs + 1)) {
    end = performance.now()
    if (epoch === 0) start = end
  }
  return (end - start) / 1000
}

/** Seconds that `count` calls take. */
export function callSeconds(count, call) {
  const start = performance.now()
  for (let i = 0; i < count; i++) call()
  return (performance.now() - start) / 1000
}
