/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** A colour written as tokens.css writes them, `#2254cd`. */
export function rgbOf(text: string): Rgb {
  const value = Number.parseInt(text.trim().slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** As CSS and canvases take it. */
export function css([red, green, blue]: Rgb, opacity = 1): string {
  return `rgb(${red} ${green} ${blue} / ${opacity.toFixed(3)})`
}
