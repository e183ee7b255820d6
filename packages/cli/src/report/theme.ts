/** The two colours of the figures, which read well on white and on near-black alike. */
export const blue = '#2f7fd6'
export const orange = '#d9822b'

/** Style rules that give an SVG of this class the reader's light or dark colours, also by itself. */
export function svgTheme(className: string): string {
  return (
    `.${className}{color-scheme:light dark;color:#1f2328}` +
    `@media(prefers-color-scheme:dark){.${className}{color:#e4e6e8}}`
  )
}
