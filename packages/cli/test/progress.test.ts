import { afterEach, expect, test, vi } from 'vitest'
import { duration, Progress } from '../dist/progress.js'

const colour = new RegExp(`${'\u001b'}\\[[0-9]*m`, 'g')

/** A stream that remembers; `screen` is what a terminal would show after all that was written. */
class Stream {
  written = ''
  readonly isTTY: boolean
  readonly columns: number
  constructor(isTTY: boolean, columns = 60) {
    this.isTTY = isTTY
    this.columns = columns
  }
  write(text: string): void {
    this.written += text
  }
  screen(): string {
    // Carriage returns go to the line's start, and the line is erased or written over from there.
    return this.written
      .split('\n')
      .map(line =>
        line
          .replaceAll(colour, '')
          .split('\r')
          .reduce((shown, part) => {
            const [text, erased] = [part.replace('\u001b[K', ''), part.includes('\u001b[K')]
            return erased ? text : text + shown.slice(text.length)
          }, ''),
      )
      .join('\n')
  }
}

afterEach(() => vi.unstubAllEnvs())

test('on a terminal, lines stay and the live line stays below them', () => {
  vi.stubEnv('TERM', 'xterm')
  const terminal = new Stream(true)
  const progress = new Progress({}, terminal, terminal)
  progress.update({ label: 'training', fraction: 0.5, detail: 'epoch 5/10' })
  progress.print('    0  0.6744')
  progress.update({ label: 'training', fraction: 1, detail: 'epoch 10/10' })
  expect(terminal.screen()).toBe(`    0  0.6744\ntraining  ${'━'.repeat(30)}  epoch 10/10`)
  progress.note('done')
  progress.clear()
  expect(terminal.screen()).toBe('    0  0.6744\ndone\n')
})

test('the live line never wraps, and has no bar where there is no room', () => {
  vi.stubEnv('TERM', 'xterm')
  for (const columns of [10, 20, 30, 40, 80]) {
    const terminal = new Stream(true, columns)
    const progress = new Progress({}, terminal, terminal)
    progress.update({ label: 'training', fraction: 0.3, detail: 'epoch 12/100' })
    expect(terminal.screen().length).toBeLessThan(columns)
    expect(terminal.screen().includes('━')).toBe(columns >= 40)
  }
})

test('NO_COLOR takes the colours away and leaves the bar', () => {
  vi.stubEnv('TERM', 'xterm')
  for (const [value, colours] of [
    ['1', false],
    ['', true],
  ] as const) {
    vi.stubEnv('NO_COLOR', value)
    const terminal = new Stream(true)
    new Progress({}, terminal, terminal).update({ label: 'x', fraction: 0.5, detail: 'y' })
    expect(terminal.written).toContain('━━')
    expect(terminal.written.includes('\u001b[36m')).toBe(colours)
  }
})

test('elsewhere there are plain lines now and then, without control characters', () => {
  vi.useFakeTimers()
  const [output, errors] = [new Stream(false), new Stream(false)]
  const progress = new Progress({}, output, errors)
  for (let epoch = 0; epoch < 100; epoch++) {
    progress.update({ label: 'training', fraction: epoch / 100, detail: `epoch ${epoch}` })
    vi.advanceTimersByTime(300)
  }
  progress.print('result')
  progress.clear()
  vi.useRealTimers()
  expect(errors.written).toBe('training: epoch 0\ntraining: epoch 34\ntraining: epoch 68\n')
  expect(output.written).toBe('result\n')
})

test('with --json standard output is left alone', () => {
  const [output, errors] = [new Stream(false), new Stream(false)]
  new Progress({ json: true }, output, errors).print('result')
  expect([output.written, errors.written]).toEqual(['', 'result\n'])
})

test('durations in words', () => {
  const words = [0, 999, 59_400, 59_600, 61_000, 3_599_000, 3_600_000, 7_500_000].map(duration)
  expect(words).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min 0 s',
    '1 min 1 s',
    '59 min 59 s',
    '1 h 0 min',
    '2 h 5 min',
  ])
})
