/** How many states before the present are kept. */
const DEPTH = 200

/** A state, those before it and those that were undone. Nothing in it is ever changed in place. */
export interface History<State> {
  readonly past: readonly State[]
  readonly present: State
  readonly future: readonly State[]
}

/** A history that begins with a state. */
export function begin<State>(present: State): History<State> {
  return { past: [], present, future: [] }
}

/** The history after a change; what was undone before is forgotten. */
export function remember<State>(history: History<State>, state: State): History<State> {
  if (state === history.present) return history
  return { past: [...history.past, history.present].slice(-DEPTH), present: state, future: [] }
}

/** The history one change back; the same where there is none. */
export function undo<State>({ past, present, future }: History<State>): History<State> {
  if (past.length === 0) return { past, present, future }
  return { past: past.slice(0, -1), present: past.at(-1)!, future: [present, ...future] }
}

/** The history one undone change further; the same where there is none. */
export function redo<State>({ past, present, future }: History<State>): History<State> {
  if (future.length === 0) return { past, present, future }
  return { past: [...past, present], present: future[0]!, future: future.slice(1) }
}
