import type { Knot } from './spline.js'

/** One way of writing a digit: its strokes in the order of writing, and how often it is chosen. */
export type Way = { readonly name: string; readonly share: number; readonly strokes: Knot[][] }

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
function way(name: string, share: number, ...strokes: string[]): Way {
  const knot = (text: string): Knot => {
    const [x, y] = text.split(',')
    return { x: Number(x) / 100, y: Number.parseFloat(y!) / 100, corner: text.endsWith('!') }
  }
  return { name, share, strokes: strokes.map(stroke => stroke.split(' ').map(knot)) }
}

/** The digits 0 to 9, drawn by hand for this table. Lines and ovals bear less straying. */
export const digitShapes: readonly DigitShape[] = [
  {
    digit: 0,
    stray: 0.025,
    ways: [
      way('oval, closed at the top', 4, '52,1 24,16 10,52 20,88 46,99 76,84 90,48 80,14 52,1'),
      way(
        'oval, closed at the upper right',
        4,
        '74,10 46,1 16,26 8,64 28,96 62,92 88,58 86,24 70,6',
      ),
      way('overlapping at the top', 2, '66,10 36,6 11,40 14,82 44,100 78,80 90,42 72,8 44,0 28,8'),
      way('left open at the top', 1, '42,3 14,30 8,68 32,98 66,92 90,58 84,18 62,2'),
      way(
        'a tail curling into the oval',
        1,
        '44,6 14,34 10,74 40,99 76,84 90,46 76,8 48,2 40,18 58,26',
      ),
      way('round', 2, '56,4 18,14 1,50 16,88 52,98 88,82 100,48 88,14 56,4'),
      way('narrow', 2, '60,1 36,18 24,56 28,90 46,99 66,78 76,44 72,12 60,1'),
    ],
  },
  {
    digit: 1,
    stray: 0.02,
    ways: [
      way('one straight line', 14, '55,0 50,50 45,100'),
      way('a line that bends', 4, '56,0 56,34 50,68 42,100'),
      way('with a flag', 2, '30,24 52,0! 50,50 48,100'),
      way('with flag and foot', 1, '26,24 52,0! 51,50 50,100', '20,100 82,98'),
    ],
  },
  {
    digit: 2,
    stray: 0.045,
    ways: [
      way('a hook and a flat foot', 3, '15,26 34,4 60,5 69,28 52,60 10,96! 52,95 96,92'),
      way(
        'a loop at the lower left',
        4,
        '13,22 36,2 62,9 65,36 49,70 22,97 6,88 17,74 45,80 70,94 98,88',
      ),
      way(
        'a wide flat loop',
        3,
        '23,20 44,1 64,12 64,42 45,78 16,92 2,80 17,68 47,78 74,90 101,84',
      ),
      way('a wavy foot', 3, '13,28 28,5 56,3 69,26 54,62 14,95! 33,82 60,90 94,92'),
      way('angular, like a z', 2, '11,14 38,6 72,8! 48,52 12,94! 52,94 98,92'),
      way('a tall head and a short foot', 2, '19,24 36,2 60,6 65,32 51,70 24,98! 48,94 80,92'),
      way('a curled head', 1, '35,34 21,26 30,4 60,4 71,30 53,64 12,96! 52,90 94,94'),
      way('a small head on a long foot', 2, '27,24 44,4 64,8 65,30 48,58 6,88! 52,88 114,88'),
      way('a bowed back', 2, '13,14 42,2 71,20 70,52 47,84 14,97 11,84 39,82 66,92 92,98'),
      way('a big round head', 3, '10,30 22,8 50,0 76,14 76,44 52,78 24,96 10,86 26,74 56,84 90,98'),
      way(
        'the bend low down',
        3,
        '22,20 44,2 66,14 70,42 56,70 28,93 6,90 16,78 44,82 70,95 92,90',
      ),
      way('an upright back', 2, '16,18 40,2 64,14 70,42 60,68 32,94! 56,93 96,94'),
    ],
  },
  {
    digit: 3,
    stray: 0.045,
    ways: [
      way('round with a cusp', 5, '13,12 38,1 63,14 59,38 34,46! 66,54 78,76 56,99 17,92'),
      way('round with a wide belly', 3, '17,8 40,0 61,12 55,36 34,44! 70,52 86,76 60,99 14,94'),
      way(
        'a little loop at the waist',
        2,
        '13,14 38,1 65,14 57,38 38,48 35,42 62,48 78,74 54,99 15,90',
      ),
      way('a flat top', 2, '14,4 40,4 68,3! 41,40! 70,52 78,78 52,99 17,92'),
      way('a soft waist', 2, '15,10 42,1 65,18 55,42 58,50 76,70 58,98 18,94'),
      way(
        'leaning forward, the belly small',
        2,
        '21,16 48,0 75,14 61,36 38,46! 62,56 65,82 40,99 9,92',
      ),
      way('a long tail', 2, '19,10 46,1 63,16 53,38 36,46! 62,56 68,80 42,98 5,88 -4,78'),
      way(
        'upright, two even bows',
        3,
        '16,10 44,0 68,16 60,40 40,47! 64,52 80,72 66,96 34,99 12,88',
      ),
      way(
        'narrow, the waist to the right',
        2,
        '24,8 46,0 66,14 62,36 48,46! 66,54 74,76 56,98 22,94',
      ),
      way('a hook at the start', 2, '16,22 24,6 50,0 70,16 58,38 42,46 66,54 78,76 54,99 18,86'),
      way(
        'a straight slope to the waist',
        2,
        '14,8 42,2 68,6 58,26 38,42! 64,46 78,66 66,92 36,99 10,90',
      ),
      way('a large head', 2, '12,18 40,0 72,14 72,38 44,54! 66,60 72,80 52,99 16,94'),
    ],
  },
  {
    digit: 4,
    stray: 0.045,
    ways: [
      way('open, a corner and a long bar', 4, '24,4 15,30 8,56! 44,54 86,52', '72,6 64,50 56,100'),
      way('open, a cup and a stem', 4, '20,2 11,34 26,56 54,50 75,34', '84,4 72,46 56,100'),
      way('closed, in one pull', 1, '68,2 37,32 3,66! 47,64 94,62', '68,2 64,50 60,100'),
      way(
        'closed at the top, the stem going on',
        1,
        '66,0 35,24 10,56! 46,58 84,54',
        '66,0 58,48 48,100',
      ),
      way(
        'open, the bar ending at the stem',
        4,
        '22,6 13,32 12,52! 40,54 72,46',
        '80,2 70,48 60,100',
      ),
      way('a low bar crossing the stem', 2, '36,0 21,34 4,62! 46,62 96,54', '65,30 55,64 44,100'),
      way('the bar bending into the stem', 2, '22,6 11,34 16,54 44,54 71,34 82,4! 70,50 56,100'),
      way('narrow and upright', 3, '26,8 22,34 24,52! 46,52 70,46', '70,0 66,48 64,100'),
    ],
  },
  {
    digit: 5,
    stray: 0.045,
    ways: [
      way(
        'a body, then the hat',
        4,
        '26,6 22,26 17,42! 47,38 73,56 69,86 40,99 8,90',
        '26,6 56,5 90,1',
      ),
      way(
        'in one pull from the hat',
        4,
        '92,1 58,5 32,6! 26,26 21,44! 51,40 73,58 65,88 38,99 6,92',
      ),
      way('soft, like an s', 1, '82,6 50,4 31,18 37,38 60,52 70,74 50,98 12,94'),
      way(
        'a long hat over a small belly',
        4,
        '104,0 70,4 42,9! 36,28 31,42! 56,46 65,66 50,92 8,98',
      ),
      way('a wide belly', 2, '70,4 44,4 22,4! 20,24 17,40! 53,34 82,54 77,88 42,100 7,88'),
      way(
        'a slim body, the hat apart',
        2,
        '37,12 32,28 29,44! 54,46 64,68 50,94 16,97',
        '42,8 64,6 88,2',
      ),
      way(
        'a belly that curls up at the end',
        2,
        '88,3 54,5 26,8! 22,26 19,44! 53,42 77,64 62,96 24,96 9,80',
      ),
    ],
  },
  {
    digit: 6,
    stray: 0.045,
    ways: [
      way('a bow that closes on its stem', 4, '54,2 30,28 14,62 22,94 54,98 74,78 60,58 20,78'),
      way('a straight stem', 4, '46,0 30,32 16,66 20,92 48,99 70,82 62,62 40,66 20,86'),
      way('a wide loop', 4, '52,1 26,26 10,58 16,90 46,99 80,84 84,62 56,58 22,80'),
      way('a small loop, low down', 3, '46,0 28,36 18,72 28,96 54,96 64,78 48,68 24,86'),
      way('the loop crossing the stem', 2, '56,2 32,28 14,62 26,96 62,92 72,70 46,62 6,84'),
      way(
        'a stem that curls at the top',
        1,
        '70,10 54,1 28,26 14,62 26,96 62,94 74,72 50,60 18,78',
      ),
      way('the loop left open', 2, '50,1 26,28 10,62 24,95 58,96 78,74 66,54 48,60 42,74'),
      way('a round back', 2, '66,1 34,14 10,48 10,82 38,100 72,86 74,62 46,58 22,76'),
    ],
  },
  {
    digit: 7,
    stray: 0.045,
    ways: [
      way('a straight bar and stem', 5, '8,8 42,7 80,4! 64,44 48,100'),
      way('a round shoulder', 4, '10,16 34,4 70,4 76,22 62,58 50,100'),
      way('a flag at the start', 3, '12,28 14,8! 48,8 80,4! 64,44 50,100'),
      way('a bar across the stem', 4, '10,8 42,8 80,4! 64,46 48,100', '32,54 58,51 86,48'),
      way('a curved stem', 3, '8,12 38,8 78,6! 60,34 52,66 52,100'),
      way('a wavy bar', 3, '8,20 22,6 52,12 80,4! 64,46 40,100'),
      way('a long narrow stem', 3, '18,14 42,6 70,6! 66,40 56,100'),
      way(
        'upright, the bar drawn down at the left',
        3,
        '22,30 16,16 24,8 50,8 74,4! 70,40 60,72 58,100',
      ),
      way('one round sweep', 2, '6,14 40,4 70,12 68,48 48,100'),
      way('a drooping bar', 2, '4,30 10,14 40,10 76,6! 66,42 46,100'),
      way('hooked at the start', 2, '16,32 20,9 48,10 78,7! 70,44 56,100'),
    ],
  },
  {
    digit: 8,
    stray: 0.045,
    ways: [
      way('started at the upper right', 4, '74,12 45,1 21,18 46,46 71,76 45,99 21,80 44,50 74,14'),
      way('started at the top', 3, '51,1 24,14 39,40 65,64 60,95 33,98 21,76 48,50 71,22 51,1'),
      way('left open at the top', 4, '80,10 47,2 23,16 37,42 59,64 55,96 31,97 23,78 50,48 87,4'),
      way(
        'two rings',
        2,
        '52,48 26,34 26,8 49,1 72,14 71,38 52,48 23,62 22,90 51,100 78,88 77,60 52,48',
      ),
      way('a small head', 2, '64,12 43,2 29,16 47,40 72,66 59,98 26,94 24,68 47,44 67,20 58,8'),
      way(
        'started in the middle',
        2,
        '48,50 70,30 66,6 43,1 27,16 45,44 68,74 49,99 26,88 30,66 48,48',
      ),
      way('narrow and leaning', 4, '66,8 47,0 31,16 43,44 60,72 45,98 29,84 44,50 65,22 64,6'),
      way('a long neck', 2, '71,4 50,6 27,22 45,42 61,62 50,92 29,98 23,82 46,54 62,34 76,8'),
      way('wide', 2, '78,16 52,2 20,14 40,42 76,66 58,96 18,94 14,72 54,46 82,22 76,8'),
      way(
        'a broad head on a narrow foot',
        2,
        '76,14 50,0 22,18 46,48 62,76 44,98 28,80 46,54 74,32 78,10',
      ),
    ],
  },
  {
    digit: 9,
    stray: 0.045,
    ways: [
      way('a straight stem', 4, '68,14 46,2 20,16 16,42 42,48 66,24 70,10! 66,52 60,100'),
      way('one flowing pull', 4, '70,16 44,1 18,22 26,46 56,38 72,14 70,50 60,100'),
      way(
        'a tail that curls to the left',
        1,
        '72,16 46,2 18,22 30,47 62,38 74,14 74,56 60,94 20,92',
      ),
      way('a stem leaning to the left', 3, '70,18 50,2 24,12 16,38 40,46 68,22! 54,60 38,100'),
      way('a big head', 2, '74,14 44,1 12,22 22,54 54,52 76,18! 72,58 64,100'),
      way('the head left open', 1, '66,4 36,6 16,32 34,48 66,34 74,4! 68,50 60,100'),
      way('a small head on a long stem', 3, '66,12 48,1 28,12 24,32 44,38 66,16! 64,54 60,100'),
      way('an angular head', 2, '70,6 40,4 16,26 20,44 48,42 70,14! 66,52 56,100'),
      way('a low round head', 2, '66,10 40,6 12,30 22,58 52,54 72,28 72,8 72,52 68,100'),
      way('round, the stem short', 2, '74,22 52,2 24,12 18,40 44,54 72,34 76,14! 76,60 72,98'),
    ],
  },
]
