/** The themes, in the order in which the button goes through them. */
export const themes = ['auto', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

const KEY = 'lacuna-theme'

/** The chosen theme; kept by the browser, as it is of the reader and not of an experiment. */
export const theme = $state<{ chosen: Theme; dark: boolean }>({
  chosen: readChoice(),
  /** What it comes to; whoever paints on a canvas reads its colours anew when it changes. */
  dark: false,
})

/** Chooses the next theme. */
export function nextTheme(): void {
  theme.chosen = themes[(themes.indexOf(theme.chosen) + 1) % themes.length]!
  try {
    localStorage.setItem(KEY, theme.chosen)
  } catch {
    // a browser that keeps nothing: the choice holds for this visit
  }
  apply()
}

/** Shows the page in the chosen theme, and follows the system's where that is the choice. */
export function followTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
  apply()
}

function apply(): void {
  theme.dark =
    theme.chosen === 'dark' ||
    (theme.chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = theme.dark ? 'dark' : 'light'
}

function readChoice(): Theme {
  try {
    return themes.find(name => name === localStorage.getItem(KEY)) ?? 'auto'
  } catch {
    return 'auto'
  }
}
