import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oneLine, renderMail } from './render.ts'
import { mailTemplateNames, templateOf } from './templates.ts'

const examplesOf = (name: (typeof mailTemplateNames)[number]) =>
  Object.fromEntries(Object.entries(templateOf(name).variables).map(([variable, { example }]) => [variable, example]))

describe('every template', () => {
  test.each(mailTemplateNames)('%s uses the variables it declares, all of them and no others', (name) => {
    const { subject, paragraphs, variables } = templateOf(name)
    const used = [subject, ...paragraphs].join(' ').match(/\{\{[^}]*\}\}/g) ?? []

    expect(new Set(used)).toEqual(new Set(Object.keys(variables).map((variable) => `{{${variable}}}`)))
    expect([subject, ...paragraphs].join('')).not.toMatch(/[<>&"]|\$\{|<%|\{%/)
  })

  test.each(mailTemplateNames)('%s reads well with its examples', (name) => {
    const { subject, text, html } = renderMail(name, examplesOf(name))

    expect(subject.length).toBeLessThan(120)
    expect(`${subject}${text}${html}`).not.toMatch(/\{\{|undefined|null|\[object/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    expect(html).toMatch(/^<!doctype html>/)
  })
})

describe('T66: what is in a value is text', () => {
  const attacks = [
    '{{group}}',
    '${7*7}',
    '#{7*7}',
    '<%= 7*7 %>',
    '{% x %}',
    '{{constructor.constructor("x")()}}',
    '__proto__',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '=cmd|x!A1',
    '$&',
    '$1',
    "$'",
  ]

  test.each(attacks)('%s stays what it is', (attack) => {
    const { subject, text, html } = renderMail('mail-test', { group: attack, by: attack, at: 'now' })

    expect(subject).toBe(`Sallygate: test message for ${attack}`)
    expect(text.replaceAll('\n', ' ')).toContain(`organization group ${attack} arrives`)
    expect(html).not.toContain('<script')
    expect(html).not.toContain('<img')
    expect(html).not.toContain('49')
  })

  test('a value never begins a line, a header or an element, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (value) => {
        const { subject, text, html } = renderMail('expiry-warning', {
          what: 'x',
          about: value,
          when: 'y',
          date: 'z',
          fix: value,
        })

        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
        expect(subject.isWellFormed() && text.isWellFormed() && html.isWellFormed()).toBe(true)
        expect(text).not.toMatch(/[^\P{Cc}\n]/u)
        expect(html.match(/<[a-z!/]+/g)).toEqual([
          '<!doctype',
          '<html',
          '<body',
          '<p',
          '</p',
          '<p',
          '</p',
          '<p',
          '</p',
          '</body',
          '</html',
        ])
      }),
    )
  })

  test('only an https address becomes a link', () => {
    const link = (value: string) =>
      renderMail('device-enrollment', { ...examplesOf('device-enrollment'), link: value }).html

    expect(link('https://console.example.com/?a=1&b="')).toContain(
      '<a href="https://console.example.com/?a=1&amp;b=&quot;">',
    )
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'http://x.test', 'x'])
      expect(link(bad)).not.toContain('<a ')
  })

  test('a name that has its own members is no variable', () => {
    const given = JSON.parse('{"__proto__": "a", "constructor": "b", "group": "Acme", "by": "x", "at": "y"}') as Record<
      string,
      string
    >

    expect(renderMail('mail-test', given).subject).toBe('Sallygate: test message for Acme')
  })

  test('what is too long is cut between characters', () => {
    const cut = oneLine('👩‍👩‍👧'.repeat(200))

    expect(cut.length).toBeLessThanOrEqual(500)
    expect(cut.replaceAll('👩‍👩‍👧', '')).toBe('…')
  })
})
