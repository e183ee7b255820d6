/** A JSON Schema, as far as the page shows it. */
interface Schema {
  readonly title?: string
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxLength?: number
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Operation {
  readonly summary?: string
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[]
  readonly requestBody?: Media
  readonly responses?: Readonly<Record<string, Media>>
}

/** An OpenAPI document, as far as the page shows it. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;
color:#222;background:#fff}h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}
code{font-family:ui-monospace,monospace;font-size:.9em}ul{padding-left:1.2rem}li{margin:.2rem 0}
.kind{color:#666}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}.kind{color:#999}}`

/** An OpenAPI document as a page to read: no scripts, and nothing from elsewhere. */
export function docsPage({ info, paths }: Document): string {
  const operations = Object.entries(paths)
    .sort(([a, { post: asksA }], [b, { post: asksB }]) => {
      if (!asksA !== !asksB) return asksA ? -1 : 1
      return a < b ? -1 : 1
    })
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
    )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title><style>${style}</style></head><body>
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1>
<p>${escaped(info.description ?? '')}</p>
<p>What is refused is answered with a status from 400 on and { code, message, hint }: what is wrong, and how
to mend it. For programs: <a href="openapi.json">openapi.json</a></p>
${operations.join('\n')}
</body></html>
`
}

function section(method: string, path: string, operation: Operation): string {
  const { summary = '', parameters = [], requestBody, responses = {} } = operation
  const query = parameters.map(
    ({ name, schema }) => `<li><code>?${escaped(name)}=</code> ${of(schema)}</li>`,
  )
  return `<h2><code>${method.toUpperCase()} ${escaped(path)}</code></h2>
<p>${escaped(summary)}.</p>
${query.length > 0 ? `<ul>${query.join('')}</ul>` : ''}
${media('Body', requestBody)}
${Object.entries(responses)
  .filter(([status]) => status.startsWith('2'))
  .map(([status, response]) => media(`Answer ${status}`, response))
  .join('\n')}`
}

function media(what: string, { content = {} }: Media = {}): string {
  return Object.entries(content)
    .map(
      ([type, { schema = {} }]) =>
        `<h3>${escaped(what)}, <code>${escaped(type)}</code></h3><ul><li>${of(schema)}</li></ul>`,
    )
    .join('')
}

/** What a schema says, with what it is made of in lists below one another. */
function of(schema: Schema): string {
  const { description, properties, required = [], items, anyOf } = schema
  const parts = [
    `<span class="kind">${escaped(kindOf(schema))}</span>`,
    ...(description ? [escaped(description)] : []),
  ]
  const inner = [
    ...Object.entries(properties ?? {}).map(
      ([name, field]) =>
        `<code>${escaped(name)}</code>${required.includes(name) ? '' : ' (may be left out)'} ${of(field)}`,
    ),
    ...(items ? [`of ${of(items)}`] : []),
    ...(anyOf ?? []).map(of),
  ]
  const list = inner.length > 0 ? `<ul>${inner.map(li => `<li>${li}</li>`).join('')}</ul>` : ''
  return `${parts.join(' – ')}${list}`
}

function kindOf(schema: Schema): string {
  const { title, type, anyOf, minimum, maximum, minItems, maxItems, maxLength } = schema
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(', ')
  if (anyOf) return 'one of'
  const range = [
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`to ${maximum}`]),
    ...(minItems === undefined ? [] : [`at least ${minItems}`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ].join(', ')
  return [title ?? type ?? 'anything', ...(range ? [`(${range})`] : [])].join(' ')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
