import { LacunaError } from '../errors.js'
import type { KernelBuild } from './kernels.js'

/**
 * How training rounds. `strict`, the default, gives the same bits everywhere. `fast` multiplies and adds
 * in one operation where the processor has it: in less time, to other last bits, which may differ from
 * machine to machine.
 */
export type BuildChoice = 'strict' | 'fast'

/**
 * The build to give to the threads of a run; undefined for what they have anyway. The fast one is
 * fetched only when it is asked for.
 * @throws LACUNA_E_OPTION if there is no such build, or this engine cannot run it
 */
export async function chosenBuild(
  choice: BuildChoice = 'strict',
): Promise<KernelBuild | undefined> {
  if (choice === 'strict') return undefined
  if (choice !== 'fast')
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `there is no build '${choice}' of the kernels`,
      "Choose 'strict' or 'fast'.",
    )
  const { buildName, kernelBytes } = await import('#fast-kernels')
  if (!WebAssembly.validate(kernelBytes))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      'this JavaScript engine has no relaxed SIMD, which the fast build of the kernels needs',
      'Use Node 22 or newer, or a browser of 2024 or newer; or the strict build.',
    )
  return { name: buildName, module: await WebAssembly.compile(kernelBytes) }
}
