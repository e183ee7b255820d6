import { isWhole, type RunFolder } from '../run-folder.js'
import { columnWords, type TableConfig } from '../tables/table-run.js'

/** What a run of a mixture density network is. */
export type MixtureConfig = TableConfig & {
  readonly model: 'mixture'
  readonly components: number
  readonly hidden: readonly number[]
  readonly covariance: 'isotropic' | 'diagonal'
}

/** An epoch's figures; the error on the rows kept aside is null if there are none. */
export type MixtureFigures = {
  readonly nll: number
  readonly validationNll: number | null
  /** The epoch whose weights are in the checkpoint. */
  readonly best: number
}

export type MixtureRun = RunFolder<MixtureConfig, MixtureFigures>

/** The words of the command that repeats a run on this table. */
export function mixtureWords(config: MixtureConfig, table: string): string[] {
  const { components, hidden, covariance, epochs, seed } = config
  const network = ['--components', `${components}`, '--hidden', `${hidden}`]
  const lesson = ['--covariance', covariance, '--epochs', `${epochs}`, '--seed', `${seed}`]
  return ['train', 'mixture', table, ...columnWords(config), ...network, ...lesson]
}

/** Whether the model's own part of a configuration is a mixture density network's. */
export function isMixture({ components, hidden, covariance }: Partial<MixtureConfig>): boolean {
  return (
    [components, ...(hidden ?? [undefined])].every(isWhole) &&
    (covariance === 'isotropic' || covariance === 'diagonal')
  )
}
