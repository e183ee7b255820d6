import type { RunConfig } from '../run-folder.js'
import { figures, type Method } from './metric-table.js'
import { svgTheme } from './theme.js'

/** Everything that the report shows. Pictures are PNG, drawings SVG. */
export type ReportContent = {
  readonly config: RunConfig
  readonly testImages: number
  readonly pcaImages: number
  readonly pictures: {
    readonly original: Uint8Array
    readonly incomplete: Uint8Array
    readonly pca: readonly { readonly components: number; readonly png: Uint8Array }[]
    readonly completed: Uint8Array
  }
  readonly architecture: string
  readonly lossCurve: string
  /** The formula of the loss as HTML. */
  readonly formula: string
  readonly methods: readonly Method[]
  readonly command: string
}

/** The report: one HTML file that needs nothing beside it, in the order of the exercise sheet. */
export function report(content: ReportContent): string {
  const { config, pictures, methods } = content
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Completing digits: ${escape(config.data.name)}, ${config.epochs} epochs</title>
<style>${style}</style>
</head>
<body>
<main>
`
}
