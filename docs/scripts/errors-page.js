// Writes docs/errors.md from the table of error codes: npm run docs:errors, after a build.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '../../packages/lacuna/dist/errors.js'

const file = new URL('../errors.md', import.meta.url)

/** The page: a row for each code, in the order of the table. */
export function errorsPage() {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  return `# Errors

<!-- Generated from packages/lacuna/src/errors.ts by \`npm run docs:errors\`; a test says when it is stale. -->

Whatever goes wrong on account of what was given (a file, an option, a full disk, a training that leaves the range of numbers) is a \`LacunaError\`: \`code\` is one of the following, \`message\` says what is wrong and where, \`hint\` how to mend it. The command prints them and ends with exit code 1, or with 130 where Ctrl-C or SIGTERM stopped it. A code keeps its meaning for good.

| code | meaning |
|---|---|
${rows.join('\n')}

\`\`\`ts
import { LacunaError, readIdx } from 'lacuna'

try {
  await readIdx(bytes)
} catch (error) {
  if (error instanceof LacunaError && error.code === 'LACUNA_E_IDX') console.error(error.hint)
  else throw error
}
\`\`\`
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, errorsPage())
