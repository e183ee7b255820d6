import { begin, type History, redo, remember, undo } from '../pixels/history.js'
import {
  noPoints,
  type OwnPoints,
  type Place,
  STEPS,
  strokeOf,
  withoutNear,
  withPlaces,
} from './own-points.js'

/** What the pointer does to the points. */
export type PointTool = 'draw' | 'erase'

/** How near to the pointer points are erased, in steps. */
const RADIUS = 0.035 * STEPS

/** The points that are drawn: their history, and the stroke that is under way. */
export class PointDesk {
  tool = $state<PointTool>('draw')
  #history = $state.raw<History<OwnPoints>>(begin(noPoints))
  #stroke = $state.raw<{ now: OwnPoints; last: Place }>()

  constructor(points: OwnPoints) {
    this.#history = begin(points)
  }

  /** What is to be seen, a stroke that is not yet finished among it. */
  get points(): OwnPoints {
    return this.#stroke?.now ?? this.#history.present
  }

  /** The points without the stroke that is under way. */
  get settled(): OwnPoints {
    return this.#history.present
  }

  /** Whether a stroke is under way. */
  get drawing(): boolean {
    return this.#stroke !== undefined
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0
  }

  /** Other points in their stead. */
  change(points: OwnPoints): void {
    this.finish()
    this.#history = remember(this.#history, points)
  }

  /** Puts the pointer down: one point, or none where it erases. */
  press(at: Place): void {
    this.finish()
    const before = this.#history.present
    const now = this.tool === 'draw' ? withPlaces(before, [at]) : withoutNear(before, at, RADIUS)
    this.#stroke = { now, last: at }
  }

  /** Moves it on, if it is down: points along the way. */
  move(to: Place): void {
    if (!this.#stroke) return
    const { now, last } = this.#stroke
    if (this.tool === 'erase') {
      this.#stroke = { now: withoutNear(now, to, RADIUS), last: to }
      return
    }
    const places = strokeOf(last, to, Math.random)
    if (places.length > 0) this.#stroke = { now: withPlaces(now, places), last: to }
  }

  /** Takes it up: from here on the stroke can be undone. */
  finish(): void {
    if (!this.#stroke) return
    const { now } = this.#stroke
    this.#stroke = undefined
    this.#history = remember(this.#history, now)
  }

  undo(): void {
    this.finish()
    this.#history = undo(this.#history)
  }

  redo(): void {
    this.finish()
    this.#history = redo(this.#history)
  }
}
