import type { Knot } from './spline.js'

/** One way of writing a digit: its strokes in the order of writing, and how often it is chosen. */
export type Way = { readonly share: number; readonly strokes: Knot[][] }

/** A digit's ways of writing, and how far a hand strays from them, in heights of the digit. */
export type DigitShape = {
  readonly digit: number
  readonly stray: number
  readonly ways: readonly Way[]
}

/**
 * Reads a way of writing. Each stroke is a string of points that the pen passes through, `x,y` in
 * hundredths of the digit's height, x to the right and y down; `!` after a point makes it a corner.
 */
function way(share: number, ...strokes: string[]): Way {
  const knot = (text: string): Knot => {
    const [x, y] = text.split(',')
    return { x: Number(x) / 100, y: Number.parseFloat(y!) / 100, corner: text.endsWith('!') }
  }
  return { share, strokes: strokes.map(stroke => stroke.split(' ').map(knot)) }
}

/** The digits 0 to 9, drawn by hand for this table. Lines and ovals bear less straying. */
export const digitShapes: readonly DigitShape[] = [
  {
    digit: 0,
    stray: 0.025,
    ways: [
      // oval, closed at the top
      way(4, '52,1 24,16 10,52 20,88 46,99 76,84 90,48 80,14 52,1'),
      // oval, closed at the upper right
      way(4, '74,10 46,1 16,26 8,64 28,96 62,92 88,58 86,24 70,6'),
      // overlapping at the top
      way(2, '66,10 36,6 11,40 14,82 44,100 78,80 90,42 72,8 44,0 28,8'),
      // left open at the top
      way(1, '42,3 14,30 8,68 32,98 66,92 90,58 84,18 62,2'),
      // a tail curling into the oval
      way(1, '44,6 14,34 10,74 40,99 76,84 90,46 76,8 48,2 40,18 58,26'),
      // round
      way(2, '56,4 18,14 1,50 16,88 52,98 88,82 100,48 88,14 56,4'),
      // narrow
      way(2, '60,1 36,18 24,56 28,90 46,99 66,78 76,44 72,12 60,1'),
    ],
  },
  {
    digit: 1,
    stray: 0.02,
    ways: [
      // one straight line
      way(14, '55,0 50,50 45,100'),
      // a line that bends
      way(4, '56,0 56,34 50,68 42,100'),
      // with a flag
      way(2, '30,24 52,0! 50,50 48,100'),
      // with flag and foot
      way(1, '26,24 52,0! 51,50 50,100', '20,100 82,98'),
    ],
  },
  {
    digit: 2,
    stray: 0.045,
    ways: [
      // a hook and a flat foot
      way(3, '15,26 34,4 60,5 69,28 52,60 10,96! 52,95 96,92'),
      // a loop at the lower left
      way(4, '13,22 36,2 62,9 65,36 49,70 22,97 6,88 17,74 45,80 70,94 98,88'),
      // a wide flat loop
      way(3, '23,20 44,1 64,12 64,42 45,78 16,92 2,80 17,68 47,78 74,90 101,84'),
      // a wavy foot
      way(3, '13,28 28,5 56,3 69,26 54,62 14,95! 33,82 60,90 94,92'),
      // angular, like a z
      way(2, '11,14 38,6 72,8! 48,52 12,94! 52,94 98,92'),
      // a tall head and a short foot
      way(2, '19,24 36,2 60,6 65,32 51,70 24,98! 48,94 80,92'),
      // a curled head
      way(1, '35,34 21,26 30,4 60,4 71,30 53,64 12,96! 52,90 94,94'),
      // a small head on a long foot
      way(2, '27,24 44,4 64,8 65,30 48,58 6,88! 52,88 114,88'),
      // a bowed back
      way(2, '13,14 42,2 71,20 70,52 47,84 14,97 11,84 39,82 66,92 92,98'),
      // a big round head
      way(3, '10,30 22,8 50,0 76,14 76,44 52,78 24,96 10,86 26,74 56,84 90,98'),
      // the bend low down
      way(3, '22,20 44,2 66,14 70,42 56,70 28,93 6,90 16,78 44,82 70,95 92,90'),
      // an upright back
      way(2, '16,18 40,2 64,14 70,42 60,68 32,94! 56,93 96,94'),
    ],
  },
  {
    digit: 3,
    stray: 0.045,
    ways: [
      // round with a cusp
      way(5, '13,12 38,1 63,14 59,38 34,46! 66,54 78,76 56,99 17,92'),
      // round with a wide belly
      way(3, '17,8 40,0 61,12 55,36 34,44! 70,52 86,76 60,99 14,94'),
      // a little loop at the waist
      way(2, '13,14 38,1 65,14 57,38 38,48 35,42 62,48 78,74 54,99 15,90'),
      // a flat top
      way(2, '14,4 40,4 68,3! 41,40! 70,52 78,78 52,99 17,92'),
      // a soft waist
      way(2, '15,10 42,1 65,18 55,42 58,50 76,70 58,98 18,94'),
      // leaning forward, the belly small
      way(2, '21,16 48,0 75,14 61,36 38,46! 62,56 65,82 40,99 9,92'),
      // a long tail
      way(2, '19,10 46,1 63,16 53,38 36,46! 62,56 68,80 42,98 5,88 -4,78'),
      // upright, two even bows
      way(3, '16,10 44,0 68,16 60,40 40,47! 64,52 80,72 66,96 34,99 12,88'),
      // narrow, the waist to the right
      way(2, '24,8 46,0 66,14 62,36 48,46! 66,54 74,76 56,98 22,94'),
      // a hook at the start
      way(2, '16,22 24,6 50,0 70,16 58,38 42,46 66,54 78,76 54,99 18,86'),
      // a straight slope to the waist
      way(2, '14,8 42,2 68,6 58,26 38,42! 64,46 78,66 66,92 36,99 10,90'),
      // a large head
      way(2, '12,18 40,0 72,14 72,38 44,54! 66,60 72,80 52,99 16,94'),
    ],
  },
  {
    digit: 4,
    stray: 0.045,
    ways: [
      // open, a corner and a long bar
      way(4, '24,4 15,30 8,56! 44,54 86,52', '72,6 64,50 56,100'),
      // open, a cup and a stem
      way(4, '20,2 11,34 26,56 54,50 75,34', '84,4 72,46 56,100'),
      // closed, in one pull
      way(1, '68,2 37,32 3,66! 47,64 94,62', '68,2 64,50 60,100'),
      // closed at the top, the stem going on
      way(1, '66,0 35,24 10,56! 46,58 84,54', '66,0 58,48 48,100'),
      // open, the bar ending at the stem
      way(4, '22,6 13,32 12,52! 40,54 72,46', '80,2 70,48 60,100'),
      // a low bar crossing the stem
      way(2, '36,0 21,34 4,62! 46,62 96,54', '65,30 55,64 44,100'),
      // the bar bending into the stem
      way(2, '22,6 11,34 16,54 44,54 71,34 82,4! 70,50 56,100'),
      // narrow and upright
      way(3, '26,8 22,34 24,52! 46,52 70,46', '70,0 66,48 64,100'),
    ],
  },
  {
    digit: 5,
    stray: 0.045,
    ways: [
      // a body, then the hat
      way(4, '26,6 22,26 17,42! 47,38 73,56 69,86 40,99 8,90', '26,6 56,5 90,1'),
      // in one pull from the hat
      way(4, '92,1 58,5 32,6! 26,26 21,44! 51,40 73,58 65,88 38,99 6,92'),
      // soft, like an s
      way(1, '82,6 50,4 31,18 37,38 60,52 70,74 50,98 12,94'),
      // a long hat over a small belly
      way(4, '104,0 70,4 42,9! 36,28 31,42! 56,46 65,66 50,92 8,98'),
      // a wide belly
      way(2, '70,4 44,4 22,4! 20,24 17,40! 53,34 82,54 77,88 42,100 7,88'),
      // a slim body, the hat apart
      way(2, '37,12 32,28 29,44! 54,46 64,68 50,94 16,97', '42,8 64,6 88,2'),
      // a belly that curls up at the end
      way(2, '88,3 54,5 26,8! 22,26 19,44! 53,42 77,64 62,96 24,96 9,80'),
    ],
  },
  {
    digit: 6,
    stray: 0.045,
    ways: [
      // a bow that closes on its stem
      way(4, '54,2 30,28 14,62 22,94 54,98 74,78 60,58 20,78'),
      // a straight stem
      way(4, '46,0 30,32 16,66 20,92 48,99 70,82 62,62 40,66 20,86'),
      // a wide loop
      way(4, '52,1 26,26 10,58 16,90 46,99 80,84 84,62 56,58 22,80'),
      // a small loop, low down
      way(3, '46,0 28,36 18,72 28,96 54,96 64,78 48,68 24,86'),
      // the loop crossing the stem
      way(2, '56,2 32,28 14,62 26,96 62,92 72,70 46,62 6,84'),
      // a stem that curls at the top
      way(1, '70,10 54,1 28,26 14,62 26,96 62,94 74,72 50,60 18,78'),
      // the loop left open
      way(2, '50,1 26,28 10,62 24,95 58,96 78,74 66,54 48,60 42,74'),
      // a round back
      way(2, '66,1 34,14 10,48 10,82 38,100 72,86 74,62 46,58 22,76'),
    ],
  },
  {
    digit: 7,
    stray: 0.045,
    ways: [
      // a straight bar and stem
      way(5, '8,8 42,7 80,4! 64,44 48,100'),
      // a round shoulder
      way(4, '10,16 34,4 70,4 76,22 62,58 50,100'),
      // a flag at the start
      way(3, '12,28 14,8! 48,8 80,4! 64,44 50,100'),
      // a bar across the stem
      way(4, '10,8 42,8 80,4! 64,46 48,100', '32,54 58,51 86,48'),
      // a curved stem
      way(3, '8,12 38,8 78,6! 60,34 52,66 52,100'),
      // a wavy bar
      way(3, '8,20 22,6 52,12 80,4! 64,46 40,100'),
      // a long narrow stem
      way(3, '18,14 42,6 70,6! 66,40 56,100'),
      // upright, the bar drawn down at the left
      way(3, '22,30 16,16 24,8 50,8 74,4! 70,40 60,72 58,100'),
      // one round sweep
      way(2, '6,14 40,4 70,12 68,48 48,100'),
      // a drooping bar
      way(2, '4,30 10,14 40,10 76,6! 66,42 46,100'),
      // hooked at the start
      way(2, '16,32 20,9 48,10 78,7! 70,44 56,100'),
    ],
  },
  {
    digit: 8,
    stray: 0.045,
    ways: [
      // started at the upper right
      way(4, '74,12 45,1 21,18 46,46 71,76 45,99 21,80 44,50 74,14'),
      // started at the top
      way(3, '51,1 24,14 39,40 65,64 60,95 33,98 21,76 48,50 71,22 51,1'),
      // left open at the top
      way(4, '80,10 47,2 23,16 37,42 59,64 55,96 31,97 23,78 50,48 87,4'),
      // two rings
      way(2, '52,48 26,34 26,8 49,1 72,14 71,38 52,48 23,62 22,90 51,100 78,88 77,60 52,48'),
      // a small head
      way(2, '64,12 43,2 29,16 47,40 72,66 59,98 26,94 24,68 47,44 67,20 58,8'),
      // started in the middle
      way(2, '48,50 70,30 66,6 43,1 27,16 45,44 68,74 49,99 26,88 30,66 48,48'),
      // narrow and leaning
      way(4, '66,8 47,0 31,16 43,44 60,72 45,98 29,84 44,50 65,22 64,6'),
      // a long neck
      way(2, '71,4 50,6 27,22 45,42 61,62 50,92 29,98 23,82 46,54 62,34 76,8'),
      // wide
      way(2, '78,16 52,2 20,14 40,42 76,66 58,96 18,94 14,72 54,46 82,22 76,8'),
      // a broad head on a narrow foot
      way(2, '76,14 50,0 22,18 46,48 62,76 44,98 28,80 46,54 74,32 78,10'),
    ],
  },
  {
    digit: 9,
    stray: 0.045,
    ways: [
      // a straight stem
      way(4, '68,14 46,2 20,16 16,42 42,48 66,24 70,10! 66,52 60,100'),
      // one flowing pull
      way(4, '70,16 44,1 18,22 26,46 56,38 72,14 70,50 60,100'),
      // a tail that curls to the left
      way(1, '72,16 46,2 18,22 30,47 62,38 74,14 74,56 60,94 20,92'),
      // a stem leaning to the left
      way(3, '70,18 50,2 24,12 16,38 40,46 68,22! 54,60 38,100'),
      // a big head
      way(2, '74,14 44,1 12,22 22,54 54,52 76,18! 72,58 64,100'),
      // the head left open
      way(1, '66,4 36,6 16,32 34,48 66,34 74,4! 68,50 60,100'),
      // a small head on a long stem
      way(3, '66,12 48,1 28,12 24,32 44,38 66,16! 64,54 60,100'),
      // an angular head
      way(2, '70,6 40,4 16,26 20,44 48,42 70,14! 66,52 56,100'),
      // a low round head
      way(2, '66,10 40,6 12,30 22,58 52,54 72,28 72,8 72,52 68,100'),
      // round, the stem short
      way(2, '74,22 52,2 24,12 18,40 44,54 72,34 76,14! 76,60 72,98'),
    ],
  },
]
