import { expect, test } from 'vitest'
import { canonicalHost, parseTargetRule, ruleFor } from './target-rule.ts'

test.each([
  ['DC1.Corp.Test', 'dc1.corp.test'],
  ['dc1.corp.test.', 'dc1.corp.test'],
  ['LOCALHOST.', 'localhost'],
  ['[::1]', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::FFFF:10.0.0.5', '10.0.0.5'],
  ['bücher.test', 'xn--bcher-kva.test'],
])('%s has one spelling', (written, canonical) => {
  expect(canonicalHost(written)).toBe(canonical)
})

test.each([
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '１２７.0.0.1',
  'a/b',
  'a b',
  'a..b',
  '',
  '.',
  '-a.test',
  'fe80::1%lo',
  'a@b',
  'a%2eb',
  `${'a'.repeat(64)}.test`,
])('%s is not the name of a server', (written) => {
  expect(() => canonicalHost(written)).toThrow(expect.objectContaining({ code: 'CONNECTOR_TARGET_MALFORMED' }))
})

test.each([
  'dc1',
  'dc1:',
  'dc1:0',
  'dc1:65536',
  'dc1:ldap',
  'a*.test:636',
  '*.*.test:636',
  '::1:636',
  'fd00::5:636',
  ':636',
  '*.127.0.0.1:1',
])('%s is no target', (written) => {
  expect(() => parseTargetRule(written)).toThrow(/host:port, such as|in brackets|a star alone|a DNS name or/)
})

test('a suffix means names below it, not the name itself, a lookalike or an address', () => {
  const rules = [parseTargetRule('*.corp.test:389,636')]

  const found = ['dc1.corp.test', 'a.b.corp.test', 'corp.test', 'evilcorp.test', '10.0.0.5'].map(
    (host) => ruleFor(rules, host, 636) !== undefined,
  )

  expect(found).toEqual([true, true, false, false, false])
  expect(ruleFor(rules, 'dc1.corp.test', 3268)).toBeUndefined()
})

test('a literal entry wins over a star, because it may allow more', () => {
  const rules = ['*:389,3890', '127.0.0.1:3890'].map(parseTargetRule)

  expect(ruleFor(rules, '127.0.0.1', 3890)?.isLiteral).toBe(true)
  expect(ruleFor(rules, '127.0.0.1', 389)?.isLiteral).toBe(false)
})
