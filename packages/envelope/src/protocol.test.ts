/**
 * docs/protocol/envelope.md against the code.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { concat, fromHex, toHex } from '@sallygate/base/bytes'
import { Reader, type Field } from '@sallygate/base/layout'
import { descriptorAnswerFields, descriptorQueryFields } from './descriptor-query.ts'
import * as enrollment from './enrollment-layout.ts'
import { kinds, sealFields } from './fields.ts'
import * as limits from './limits.ts'
import { REPLY_OVERHEAD, replyFields, replyHeaderFields } from './reply-layout.ts'
import { REQUEST_OVERHEAD, requestFields, requestHeaderFields } from './request-layout.ts'
import * as report from './session-report.ts'
import { helloAnswerFields, helloFields } from './session.ts'
import { samplesOf, tablesOf } from './testing/page.ts'
import type { Vector } from './testing/vector.ts'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/protocol/envelope.md'), 'utf8')
const tables = tablesOf(page)

const layouts: Readonly<Record<string, Readonly<Record<string, Field<unknown>>>>> = {
  requestHeader: requestHeaderFields,
  request: requestFields,
  seal: sealFields,
  replyHeader: replyHeaderFields,
  reply: replyFields,
  descriptorQuery: descriptorQueryFields,
  descriptorAnswer: descriptorAnswerFields,
  enrollmentHeader: enrollment.enrollmentHeaderFields,
  enrollment: enrollment.enrollmentFields,
  enrollmentReplyHeader: enrollment.enrollmentReplyHeaderFields,
  enrollmentReply: enrollment.enrollmentReplyFields,
  enrolled: enrollment.enrolledFields,
  hello: helloFields,
  helloAnswer: helloAnswerFields,
  report: report.reportFields,
  serviceReport: report.serviceReportFields,
  sessionEvent: report.sessionEventFields,
  reportAnswer: report.reportAnswerFields,
  renewal: report.renewalFields,
  renewalAnswer: report.renewalAnswerFields,
}

/** Records of packages/trust; statements.test.ts reads real ones by their tables. */
const elsewhere = ['descriptorRecord', 'trustSetRecord', 'trustSetSigner']

function takes(field: Field<unknown>, encoded: Uint8Array): boolean {
  const reader = new Reader(encoded)
  try {
    field.read(reader)
  } catch {
    return false
  }
  return reader.left === 0
}

describe('the byte tables', () => {
  test('are those of the code, no more and no fewer', () => {
    expect([...tables.keys()].toSorted()).toEqual([...Object.keys(layouts), ...elsewhere].toSorted())
  })

  test.each(Object.entries(layouts))(
    'PROTOCOL M-E1: %s has the fields, in the order, with the kinds and limits of the page',
    (name, fields) => {
      const rows = tables.get(name) ?? []
      expect(rows.map((row) => row.name)).toEqual(Object.keys(fields))

      for (const row of rows) {
        const field = fields[row.name] as Field<unknown>
        for (const [, word, code] of row.kind.startsWith('word: ') ? row.kind.matchAll(/(\w+) (\d+)/g) : [])
          expect(field.read(new Reader(Buffer.of(Number(code))))).toBe(word)
        const { good, bad } = samplesOf(row.kind, tables)
        for (const encoded of good) expect([row.name, takes(field, encoded)]).toEqual([row.name, true])
        for (const encoded of bad) expect([row.name, takes(field, encoded)]).toEqual([row.name, false])
      }
    },
  )

  test.each(Object.entries(kinds))('cargo %s begins with its byte', (name, code) => {
    expect(page).toContain(`| ${name} | ${code} |`)
  })
})

test('the limits are those of the code', () => {
  const section = page.slice(page.indexOf('## 9. Limits'), page.indexOf('## 10.'))
  const stated = [...section.matchAll(/^\| ([A-Z_]+) \| (\d+) \|/gm)].map((match) => [match[1], Number(match[2])])
  const { BUCKETS, ...numbers } = limits
  const { ENROLLMENT_OVERHEAD, ENROLLMENT_REPLY_OVERHEAD } = enrollment

  expect(Object.fromEntries(stated)).toEqual({
    ...numbers,
    REQUEST_OVERHEAD,
    REPLY_OVERHEAD,
    ENROLLMENT_OVERHEAD,
    ENROLLMENT_REPLY_OVERHEAD,
  })
  expect(page).toContain(
    `${BUCKETS.map((bucket) => bucket / 1024)
      .join(', ')
      .replace(/, 256$/, ' or 256')} KiB`,
  )
})

test('the worked bytes are those of the vector', () => {
  const { statement = '' } = JSON.parse(
    readFileSync(join(root, 'vectors/envelope/request-good-read.json'), 'utf8'),
  ) as Vector
  const section = page.slice(page.indexOf('## 10. Worked bytes'))
  const shown = [...section.matchAll(/^\| (\w+) \| ((?:[0-9a-f]{2} ?)+) \|/gm)]

  expect(shown.map((match) => match[1])).toEqual(Object.keys(requestFields))
  expect(toHex(concat(...shown.map((match) => fromHex((match[2] ?? '').replaceAll(' ', '')))))).toBe(statement)
})
