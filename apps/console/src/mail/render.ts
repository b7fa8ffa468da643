/**
 * Rendering: a template and its variables become a subject, a text and simple HTML.
 *
 * One pass: what a value says is never looked at for placeholders. Every value is one
 * line of visible text; in HTML it is escaped.
 *
 * @module
 */
import { templateOf, type MailTemplate, type MailTemplateName } from './templates.ts'

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const longestValue = 500
const longestSubject = 200

const placeholder = /\{\{([a-zA-Z]+)\}\}/g

export function renderMail(name: MailTemplateName, given: Readonly<Record<string, string>>): RenderedMail {
  const template = templateOf(name)
  const values = new Map(Object.keys(template.variables).map((variable) => [variable, oneLine(given[variable] ?? '')]))
  const fill = (text: string, of: (variable: string) => string) =>
    text.replace(placeholder, (_all, variable: string) => of(variable))
  const plain = (variable: string) => values.get(variable) ?? ''
  const marked = (variable: string) => markUp(template, variable, plain(variable))
  const paragraphs = template.paragraphs.map((text) => fill(text, plain))
  return {
    subject: cut(fill(template.subject, plain), longestSubject),
    text: `${paragraphs.map((text) => wrap(text)).join('\n\n')}\n\n-- \nSallygate\n`,
    html: page(template.paragraphs.map((text) => `<p>${fill(escapeHtml(text), marked)}</p>`)),
  }
}

/** The parts of our own text hold no character that HTML gives a meaning, and stay what they are. */
function markUp({ variables }: MailTemplate, variable: string, value: string): string {
  const safe = escapeHtml(value)
  return variables[variable]?.isLink === true && isHttps(value) ? `<a href="${safe}">${safe}</a>` : safe
}

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:'
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)
}

/**
 * Line ends, controls and marks that turn the reading direction become spaces: a name out of somebody's directory must
 * neither begin a header nor a line of its own. (T54, T66)
 */
export function oneLine(value: string): string {
  const shown = value.toWellFormed().replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
  return cut(shown.trim(), longestValue)
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** By characters as people count them; never through the middle of one. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  let kept = ''
  for (const { segment } of characters.segment(text)) {
    if (kept.length + segment.length >= length) break
    kept += segment
  }
  return `${kept}…`
}

/** RFC 5322 2.1.1: lines of at most 78 characters are kind to terminals; a long word stays whole. */
function wrap(text: string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= 76) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

function page(paragraphs: readonly string[]): string {
  const style = 'font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;max-width:40em'
  return `<!doctype html>\n<html><body style="${style}">\n${paragraphs.join('\n')}\n<p style="color:#666">Sallygate</p>\n</body></html>\n`
}
