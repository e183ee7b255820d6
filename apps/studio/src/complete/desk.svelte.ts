import { brushMask, fillRectangle, penStroke } from '../pixels/brush.js'
import type { Place } from '../pixels/grid.js'
import { begin, type History, redo, remember, undo } from '../pixels/history.js'
import type { Tool } from './settings.js'
import { blank, type Sheet } from './sheet.js'

/** The sheet that is drawn on: its history, and the stroke that is under way. */
export class Desk {
  #history = $state.raw<History<Sheet>>(begin(blank))
  #stroke = $state.raw<{ before: Sheet; first: Place; now: Sheet }>()

  /** What is to be seen, a stroke that is not yet finished among it. */
  get sheet(): Sheet {
    return this.#stroke?.now ?? this.#history.present
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0
  }

  /** Begins anew, with nothing to undo. */
  open(sheet: Sheet): void {
    this.#stroke = undefined
    this.#history = begin(sheet)
  }

  /** Changes the sheet in one go. */
  change(change: Partial<Sheet>): void {
    this.finish()
    this.#history = remember(this.#history, { ...this.#history.present, ...change })
  }

  /** Puts the pen down, or moves it on, from one place to another. */
  draw(tool: Tool, size: number, from: Place, to: Place): void {
    const before = this.#stroke?.before ?? this.#history.present
    const first = this.#stroke?.first ?? from
    const now = this.#stroke?.now ?? before
    this.#stroke = {
      before,
      first,
      now: { ...now, ...drawn(tool, size, { before, now, first }, from, to) },
    }
  }

  /** Takes the pen up: from here on the stroke can be undone. */
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

/** What a movement of a tool changes. A rectangle lies between where it began and where it is. */
function drawn(
  tool: Tool,
  size: number,
  { before, now, first }: { before: Sheet; now: Sheet; first: Place },
  from: Place,
  to: Place,
): Partial<Sheet> {
  switch (tool) {
    case 'pen':
      return { levels: penStroke(now.levels, from, to, size, 'ink'), origin: undefined }
    case 'rubber':
      return { levels: penStroke(now.levels, from, to, size, 'rub'), origin: undefined }
    case 'brush':
      return { mask: brushMask(now.mask, from, to, size, 1) }
    case 'eraser':
      return { mask: brushMask(now.mask, from, to, size, 0) }
    case 'rectangle':
      return { mask: fillRectangle(before.mask, first, to, 1) }
  }
}
