import type { Monitors } from 'lacuna'
import { isWhole, type RunFolder } from '../run-folder.js'
import { columnWords, type TableConfig } from '../tables/table-run.js'

/** Where the expectation under the model comes from in training. */
export type Method = 'exact' | 'pcd' | 'cd'

/** What a run of a conditional Boltzmann machine is. */
export type BoltzmannConfig = TableConfig & {
  readonly model: 'boltzmann'
  readonly hidden: number
  readonly method: Method
  readonly sweeps: number
  readonly learningRate: number
}

/** An epoch's figures; null where there is nothing to take them from. */
export type BoltzmannFigures = Omit<Monitors, 'freeEnergyGap'> & {
  readonly freeEnergyGap: number | null
  /** Mean of −log p over the rows trained on, of the exact method. */
  readonly nll: number | null
}

export type BoltzmannRun = RunFolder<BoltzmannConfig, BoltzmannFigures>

/** The words of the command that repeats a run on this table. */
export function boltzmannWords(config: BoltzmannConfig, table: string): string[] {
  const { hidden, method, sweeps, learningRate, epochs, seed } = config
  const machine = ['--hidden', `${hidden}`, '--method', method, '--sweeps', `${sweeps}`]
  const lesson = [
    '--learning-rate',
    `${learningRate}`,
    '--epochs',
    `${epochs}`,
    '--seed',
    `${seed}`,
  ]
  return ['train', 'boltzmann', table, ...columnWords(config), ...machine, ...lesson]
}

/** Whether the model's own part of a configuration is a Boltzmann machine's. */
export function isBoltzmann({
  hidden,
  method,
  sweeps,
  learningRate,
}: Partial<BoltzmannConfig>): boolean {
  return (
    [hidden, sweeps].every(isWhole) &&
    ['exact', 'pcd', 'cd'].includes(method!) &&
    Number.isFinite(learningRate)
  )
}
