/** A chart's size, and the margins round what is plotted, in pixels. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** One axis of a chart. */
export interface Axis {
  /** The values that are marked. */
  readonly marks: readonly number[]
  /** Where a value is, in pixels of the chart. */
  at(value: number): number
  /** What stands at a mark. */
  label(value: number): string
  /** What the axis is, at its end. */
  readonly title?: string
}
