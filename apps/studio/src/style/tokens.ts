import { theme } from '../frame/theme.svelte.js'
import { type Rgb, rgbOf } from './colours.js'

/** A colour of tokens.css in the theme that is shown, for whatever is painted on a canvas. */
export function token(name: string): Rgb {
  void theme.dark // an effect that paints runs again when the theme changes
  return rgbOf(getComputedStyle(document.documentElement).getPropertyValue(`--${name}`))
}
