import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeXml, escapeXml, readXml } from './xml.ts'

describe('what is read', () => {
  test('elements, attributes, text, CDATA, comments and instructions', () => {
    const root = readXml(
      '\ufeff<?xml version="1.0"?><!-- a --><a x="1" y=\'&lt;2\'>hello <b/> &amp; <![CDATA[<raw>]]><c> 1 </c></a>\n',
    )

    expect(root.name).toBe('a')
    expect([...root.attributes]).toEqual([
      ['x', '1'],
      ['y', '<2'],
    ])
    expect(root.text).toBe('hello  & <raw>')
    expect(root.children.map((child) => [child.name, child.text])).toEqual([
      ['b', ''],
      ['c', '1'],
    ])
  })

  test('text of any kind comes back from its escaped form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex -- what XML 1.0 cannot hold is left out, and so is not compared
        const kept = text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')

        expect(readXml(`<a>x${escapeXml(text)}x</a>`).text).toBe(`x${kept}x`)
      }),
    )
  })

  test('Latin-1 where the document says so', () => {
    expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', 'latin1'))).toContain(
      '\u00e9',
    )
  })
})

describe('what is refused', () => {
  test.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['an entity nobody declared', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>AT&T</a>'],
    ['a reference to NUL', '<a>&#0;</a>'],
    ['tags that do not match', '<a><b></a></b>'],
    ['an open element', '<a><b></b>'],
    ['two roots', '<a/><b/>'],
    ['text beside the root', '<a/>x'],
    ['an attribute twice', '<a x="1" x="2"/>'],
    ['an unclosed comment', '<a><!-- </a>'],
    ['a control character', '<a>\u0001</a>'],
    ['HTML', '<!doctype html><html><p>x</html>'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(() => readXml(text)).toThrow(expect.objectContaining({ code: 'BASE_MALFORMED' }))
  })

  test('depth, number and size beyond the limits', () => {
    const limits = { maxCharacters: 1000, maxDepth: 4, maxElements: 20 }
    const code = (text: string) => {
      try {
        readXml(text, limits)
        return 'read'
      } catch (error) {
        return (error as { code: string }).code
      }
    }

    expect(code('<a><a><a><a/></a></a></a>')).toBe('read')
    expect(code('<a>'.repeat(5))).toBe('BASE_TOO_LARGE')
    expect(code(`<a>${'<b/>'.repeat(20)}</a>`)).toBe('BASE_TOO_LARGE')
    expect(code(`<a>${'x'.repeat(1000)}</a>`)).toBe('BASE_TOO_LARGE')
  })

  test('broken UTF-8 and encodings we do not have', () => {
    expect(() => decodeXml(Buffer.from([0x3c, 0x61, 0xff]))).toThrow(
      expect.objectContaining({ code: 'BASE_MALFORMED' }),
    )
    expect(() => decodeXml(Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a/>'))).toThrow(
      expect.objectContaining({ code: 'BASE_MALFORMED' }),
    )
  })

  test('any mutilation of a document ends in an answer or a failure, quickly', () => {
    const good = '<a x="1"><b>text &amp; more</b><!-- c --><![CDATA[d]]><e/></a>'
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(good.length), fc.string(), (from, to, insert) => {
        const text = good.slice(0, Math.min(from, to)) + insert + good.slice(Math.max(from, to))
        try {
          readXml(text)
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^BASE_/)
        }
      }),
    )
  })
})
