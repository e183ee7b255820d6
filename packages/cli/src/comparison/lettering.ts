/** Rows of a letter: ascenders reach up to the first, descenders down to the last. */
const HEIGHT = 9
const WIDTH = 5

/** From one letter to the next. */
export const ADVANCE = WIDTH + 1

/** The letters that can be written, in the order of the drawings below. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789-.'

/** Thirteen letters side by side, and thirteen more below them. */
const drawings = `
..... #.... ..... ....# ..... ..##. ..... #.... ..#.. ...#. #.... .##.. .....
..... #.... ..... ....# ..... .#..# ..... #.... ..... ..... #.... ..#.. .....
.###. #.##. .###. .##.# .###. .#... .#### #.##. .##.. ..##. #..#. ..#.. ##.#.
....# ##..# #...# #..## #...# ###.. #...# ##..# ..#.. ...#. #.#.. ..#.. #.#.#
.#### #...# #.... #...# ##### .#... #...# #...# ..#.. ...#. ##... ..#.. #.#.#
#...# #...# #...# #...# #.... .#... .#### #...# ..#.. ...#. #.#.. ..#.. #.#.#
.#### ####. .###. .#### .###. .#... ....# #...# .###. ...#. #..#. .###. #.#.#
..... ..... ..... ..... ..... ..... #...# ..... ..... #..#. ..... ..... .....
..... ..... ..... ..... ..... ..... .###. ..... ..... .##.. ..... ..... .....

..... ..... ..... ..... ..... ..... .#... ..... ..... ..... ..... ..... .....
..... ..... ..... ..... ..... ..... .#... ..... ..... ..... ..... ..... .....
#.##. .###. ####. .#### #.##. .#### ####. #...# #...# #...# #...# #...# #####
##..# #...# #...# #...# ##..# #.... .#... #...# #...# #.#.# .#.#. #...# ...#.
#...# #...# #...# #...# #.... .###. .#... #...# #...# #.#.# ..#.. #...# ..#..
#...# #...# ####. .#### #.... ....# .#..# #..## .#.#. #.#.# .#.#. .#### .#...
#...# .###. #.... ....# #.... ####. ..##. .##.# ..#.. .#.#. #...# ....# #####
..... ..... #.... ....# ..... ..... ..... ..... ..... ..... ..... #...# .....
..... ..... #.... ....# ..... ..... ..... ..... ..... ..... ..... .###. .....

.###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###. ..... .....
#...# .##.. #...# ...#. ..##. #.... .#... ....# #...# #...# ..... .....
#..## ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...# ..... .....
#.#.# ..#.. ...#. ...#. #..#. ....# ####. ..#.. .###. .#### ##### .....
##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....# ..... .....
#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#. ..... .##..
.###. .###. ##### .###. ...#. .###. .###. .#... .###. .##.. ..... .##..
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....`

const lines = drawings.split('\n').filter(line => line !== '')

/**
 * Writes small letters, digits, hyphens and full stops into a picture; anything else is a gap. (A PNG
 * has no text that can be seen, and a font would be a dependency.)
 *
 * @param picture levels of gray, rows of `width` pixels
 * @param x, y the upper left corner of the first letter
 * @param scale how many pixels a dot is wide and high
 */
export function letter(
  picture: Uint8Array,
  width: number,
  text: string,
  x: number,
  y: number,
  scale: number,
  level: number,
): void {
  for (const [i, character] of [...text].entries()) {
    const at = alphabet.indexOf(character)
    if (at < 0) continue
    const [band, place] = [Math.floor(at / 13), at % 13]
    for (let row = 0; row < HEIGHT * scale; row++)
      for (let column = 0; column < WIDTH * scale; column++) {
        const line = lines[band * HEIGHT + Math.floor(row / scale)]!
        const dot = line[place * ADVANCE + Math.floor(column / scale)]
        if (dot === '#') picture[(y + row) * width + x + i * ADVANCE * scale + column] = level
      }
  }
}
