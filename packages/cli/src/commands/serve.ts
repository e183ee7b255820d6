import { once } from 'node:events'
import { basename, dirname, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { LacunaError } from 'lacuna'
import type { ModelFile, Service } from 'lacuna-service'
import { examples, jsonOption, path, wholeNumber } from '../options.js'
import { Progress } from '../progress.js'

type Options = {
  readonly model: readonly ModelFile[]
  readonly host: string
  readonly port: number
  readonly threads?: number
  readonly gather: number
  readonly bodyLimit: number
  readonly concurrency: number
  readonly queue: number
  readonly rate: number
  readonly timeout: number
  readonly patience: number
  readonly grace: number
  readonly logLevel: string
  readonly json?: true
}

const PORT = 8029
const MIB = 2 ** 20

/** `lacuna serve`: answers over HTTP, with trained models. */
export function serveCommand(signal: AbortSignal): Command {
  const most = Number.MAX_SAFE_INTEGER
  const limit = (name: string, what: string, value: number, largest = 1_000_000) =>
    new Option(`--${name} <n>`, what).default(value).argParser(wholeNumber(`--${name}`, 1, largest))
  const command = new Command('serve')
    .summary('answer over HTTP')
    .description(
      'Serve trained models over HTTP, to this computer unless told otherwise: completions, energies, densities, predictions and samples, the same bits as the library’s. /docs says what can be asked. Requests are logged to standard error, a line of JSON each, without what was sent.',
    )
    .requiredOption(
      '--model <[name=]file>',
      'a checkpoint, and the name to ask it by; several may be given',
      addModel,
    )
    .option(
      '--host <address>',
      'where it listens; others than this computer need LACUNA_TOKEN',
      '127.0.0.1',
    )
    .option('--port <n>', '0: any that is free', wholeNumber('--port', 0, 65_535), PORT)
    .option(
      '--threads <n>',
      'threads that compute (default: one less than there are cores)',
      wholeNumber('--threads', 1, 256),
    )
    .option(
      '--gather <ms>',
      'how long a request waits for others to be computed with',
      wholeNumber('--gather', 0, 1000),
      2,
    )
    .addOption(limit('body-limit', 'MiB of a request', 8, 1024))
    .addOption(limit('concurrency', 'requests at a time', 256))
    .addOption(limit('queue', 'images or rows that may wait', 1024))
    .addOption(limit('rate', 'requests a second from one address', 1000, most))
    .addOption(limit('timeout', 'seconds until an answer is given up', 30, 86_400))
    .addOption(limit('patience', 'seconds in which a request must have arrived', 10, 86_400))
    .addOption(
      limit('grace', 'seconds in which accepted requests are finished at the end', 10, 86_400),
    )
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addOption(jsonOption())
    .action((options: Options) => serve(options, signal))
  examples(command, [
    ['lacuna serve --model runs/sheet/checkpoint.safetensors', `at http://127.0.0.1:${PORT}/docs`],
    ['lacuna serve --model digits=a.safetensors --model table=b.safetensors', 'two models'],
    ['LACUNA_TOKEN=secret lacuna serve --model a.safetensors --host 0.0.0.0', 'for others, too'],
    ['kill -HUP PID', 'load what has changed of the models, while it goes on answering'],
    ['lacuna serve --model a.safetensors --port 0 --json', 'the address for a program'],
  ])
  return command
}

async function serve(options: Options, signal: AbortSignal): Promise<void> {
  const { model: models, bodyLimit, json, ...rest } = options
  const { host, port, threads, gather, logLevel, ...limits } = rest
  const progress = new Progress({ ...(json && { json }) })
  const token = process.env.LACUNA_TOKEN
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      'LACUNA_TOKEN is empty, or holds what cannot stand in a header',
      'Use letters and digits, or unset it.',
    )
  let started: Service | undefined
  let asked = false
  // From the beginning: without a listener the signal ends the process.
  process.on('SIGHUP', () => {
    asked = true
    void started?.reload()
  })
  // Loaded here, so that other commands do not wait for it.
  const http = await import('lacuna-service')
  const starting = http.Service.start({
    models,
    host,
    port,
    gather,
    logLevel,
    limits: { ...limits, body: bodyLimit * MIB },
    ...(threads !== undefined && { threads }),
    ...(token !== undefined && { token }),
  })
  const service = await Promise.race([starting, stopped(signal)])
  started = service
  if (asked) void service.reload()
  const names = service.models.map(({ name }) => name)
  if (json) process.stdout.write(`${JSON.stringify({ url: service.url, models: names })}\n`)
  else progress.print(service.url)
  progress.note(`Answers by ${names.join(', ')}; ${service.url}docs says how. Ctrl-C ends it.`)
  if (!signal.aborted) await once(signal, 'abort')
  await service.close()
}

/** Never comes, but throws when the signal fires: a model may take long to load. */
async function stopped(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw new LacunaError('LACUNA_E_ABORTED', 'stopped', 'Nothing was served yet.')
}

/** A name as it may stand in front of a file. */
const NAME = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)$/

/**
 * Adds the model of an option to those before. Without a name it is called like the file, or like the
 * folder where the file is a run's `checkpoint.safetensors`.
 */
function addModel(value: string, before: readonly ModelFile[] = []): readonly ModelFile[] {
  const [, given, rest] = NAME.exec(path('--model', 'file')(value)) ?? []
  const file = resolve(rest ?? value)
  const own = basename(file).replace(/\.safetensors$/, '')
  const name = given ?? (own === 'checkpoint' ? basename(dirname(file)) : own)
  if (!NAME.test(`${name}=file`) || before.some(model => model.name === name))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      before.some(model => model.name === name)
        ? `two models are called ${name}`
        : `a model cannot be called "${name}"`,
      `Write --model NAME=${rest ?? value}, with a name of letters, digits, dots, dashes and underscores.`,
    )
  return [...before, { name, path: file }]
}
