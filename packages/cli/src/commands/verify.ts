import { Command } from 'commander'
import { Random } from 'lacuna'
import {
  boltzmannIdentities,
  type Identity,
  inpaintingIdentities,
  mixtureIdentities,
} from 'lacuna/verification'
import { examples, jsonOption, seedOption } from '../options.js'
import { textTable } from '../text-table.js'

/** The checks of every family, in the order of the sheet's exercises. */
const families = [mixtureIdentities, boltzmannIdentities, inpaintingIdentities]

/** `lacuna verify`: checks the sheet's identities with numbers; the exit code is 1 if one fails. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .summary("check the sheet's identities with numbers")
    .description(
      'Evaluate every identity of the sheet at random points, and compare with finite differences or enumeration.',
    )
    .addOption(seedOption(1))
    .addOption(jsonOption())
    .action(({ seed, json }: { seed: number; json?: true }) => {
      const checks = families.flatMap((family, step) => family(new Random(seed, 0, step)))
      process.stdout.write(json ? `${JSON.stringify(checks, null, 2)}\n` : inWords(checks))
      process.exitCode = exitCode(checks)
    })
  examples(command, [
    ['lacuna verify', 'the table'],
    ['lacuna verify --seed 7', 'at other points'],
    ['lacuna verify --json', 'an array of { identity, method, error, tolerance, ok }'],
  ])
  command.addHelpText('after', '\nThe exit code is 1 if an identity fails.')
  return command
}

/** 1 if an identity fails or there is none, else 0. */
export function exitCode(checks: readonly Identity[]): 0 | 1 {
  return checks.length > 0 && checks.every(({ ok }) => ok) ? 0 : 1
}

/** The table, and how many hold. */
export function inWords(checks: readonly Identity[]): string {
  const rows = checks.map(({ identity, method, error, tolerance, ok }) => [
    identity,
    method,
    error.toExponential(1),
    tolerance.toExponential(1),
    ok ? 'holds' : 'FAILS',
  ])
  const table = textTable(
    [['identity', 'method', 'worst error', 'tolerance', 'verdict'], ...rows],
    'llrrl',
  )
  const failed = checks.filter(({ ok }) => !ok).length
  const sum = failed === 0 ? `All ${checks.length} hold.` : `${failed} of ${checks.length} fail.`
  return `${[...table, '', sum].join('\n')}\n`
}
