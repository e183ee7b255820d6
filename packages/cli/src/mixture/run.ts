import { isWhole, type RunFolder } from '../run-folder.js'

/** What a run of a mixture density network is. */
export type MixtureConfig = {
  readonly model: 'mixture'
  readonly seed: number
  readonly epochs: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly components: number
  readonly hidden: readonly number[]
  readonly covariance: 'isotropic' | 'diagonal'
  readonly data: { readonly rows: number; readonly fingerprint: string }
}

/** An epoch's figures; the error on the rows kept aside is null if there are none. */
export type MixtureFigures = {
  readonly nll: number
  readonly validationNll: number | null
  /** The epoch whose weights are in the checkpoint. */
  readonly best: number
}

export type MixtureRun = RunFolder<MixtureConfig, MixtureFigures>

/** Whether a configuration that was read is a mixture density network's. */
export function isMixtureConfig({
  model,
  seed,
  inputs,
  outputs,
  components,
  hidden,
  covariance,
  data,
}: Partial<MixtureConfig>): boolean {
  const areTexts = (values?: readonly string[]) =>
    Array.isArray(values) && values.every(value => typeof value === 'string')
  return (
    model === 'mixture' &&
    [seed, components, data?.rows, ...(hidden ?? [undefined])].every(isWhole) &&
    areTexts(inputs) &&
    areTexts(outputs) &&
    (covariance === 'isotropic' || covariance === 'diagonal') &&
    typeof data?.fingerprint === 'string'
  )
}
