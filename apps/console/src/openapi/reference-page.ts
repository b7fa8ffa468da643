/**
 * The reference page: the OpenAPI document as HTML, with no script and nothing from elsewhere.
 *
 * @module
 */
import type { JsonSchema, OpenApiDocument, Operation, Parameter } from './document.ts'

export function referencePage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const { title, version, description } = document.info
  const sections = document.tags.map(({ name }) => {
    const rows = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<section id="${html(name)}"><h2>${html(name)}</h2>${rows.map(operationHtml).join('')}</section>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)} API</title>
<link rel="stylesheet" href="/api/reference/style.css">
</head>
<body>
<header><h1>${html(title)} API</h1><p>Version ${html(version)} · <a href="/api/openapi.json">openapi.json</a></p></header>
<nav aria-label="Parts of the API"><ul>${document.tags.map(({ name }) => `<li><a href="#${html(name)}">${html(name)}</a></li>`).join('')}</ul></nav>
<main>
<p>${code(description)}</p>
${sections.join('\n')}
</main>
</body>
</html>
`
}

interface Row {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

function operationHtml({ path, method, operation }: Row): string {
  const body = Object.entries(operation.requestBody?.content ?? {}).at(0)?.[1]
  const parts = [
    `<p class="needs">needs <code>${html(operation['x-sallygate-policy'])}</code></p>`,
    parametersHtml(operation.parameters),
    body === undefined ? '' : `<h4>Body</h4>${schemaHtml(body.schema)}${exampleHtml(body.example)}`,
    answersHtml(operation),
  ]
  return `<details id="${html(operation.operationId)}"><summary><span class="method ${html(method)}">${html(method.toUpperCase())}</span> <code>${breakable(path)}</code><span class="says">${code(operation.summary)}</span></summary>${parts.join('')}</details>`
}

function parametersHtml(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    ({ name, in: place, required, schema, description }) =>
      `<li><code>${html(name)}</code> <span class="kind">${html(place)}, ${html(kindOf(schema))}${required ? '' : ', optional'}</span>${description === undefined ? '' : ` ${html(description)}`}</li>`,
  )
  return `<h4>Parameters</h4><ul class="fields">${rows.join('')}</ul>`
}

function answersHtml({ responses }: Operation): string {
  return Object.entries(responses)
    .filter(([, answer]) => !('$ref' in (answer as object)))
    .map(([status, answer]) => {
      const { content } = answer as { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
      const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(content)
      const shown = type === 'application/json' ? schemaHtml(schema) : `<p><code>${html(type)}</code></p>`
      return `<h4>Answer ${html(status)}</h4>${shown}`
    })
    .join('')
}

/** Deeper than that a page is no longer read. */
const deepest = 4

function schemaHtml(schema: JsonSchema, depth = 0): string {
  const fields = Object.entries(propertiesOf(schema) ?? {})
  if (fields.length === 0) return depth === 0 ? `<p class="kind">${html(kindOf(schema))}</p>` : ''
  const required = new Set(requiredOf(schema))
  const rows = fields.map(([name, field]) => {
    const inner = depth + 1 < deepest ? schemaHtml(field, depth + 1) : ''
    return `<li><code>${html(name)}</code> <span class="kind">${html(kindOf(field))}${required.has(name) ? '' : ', optional'}</span>${inner}</li>`
  })
  return `<ul class="fields">${rows.join('')}</ul>`
}

function itemsOf(schema: JsonSchema): JsonSchema | undefined {
  return schema['items'] as JsonSchema | undefined
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> | undefined {
  return schema.properties ?? itemsOf(schema)?.properties
}

function requiredOf(schema: JsonSchema): readonly string[] {
  return schema.required ?? itemsOf(schema)?.required ?? []
}

function kindOf(schema: JsonSchema): string {
  const words = schema['enum'] as readonly unknown[] | undefined
  if (words !== undefined) return words.map(String).join(' | ')
  if ('const' in schema) return JSON.stringify(schema['const'])
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonSchema[] | undefined
  if (choices !== undefined) return [...new Set(choices.map(kindOf))].join(' | ')
  const items = itemsOf(schema)
  if (items !== undefined) return `list of ${kindOf(items)}`
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'anything')
  const longest = schema['maxLength']
  return typeof longest === 'number' ? `${type}, at most ${longest} characters` : type
}

function exampleHtml(example: unknown): string {
  return example === undefined
    ? ''
    : `<h4>Example</h4><pre tabindex="0"><code>${html(JSON.stringify(example, undefined, 2))}</code></pre>`
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** On a phone an address breaks behind its slashes. */
function breakable(path: string): string {
  return html(path).replaceAll('/', '/<wbr>')
}

function code(text: string): string {
  return html(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}
