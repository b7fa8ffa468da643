import { expect, test } from 'vitest'
import type { ShownTarget } from '../api/syslog-shapes.ts'
import { changeOf, erasesKey, portFor, targetFieldsOf } from './target-fields.ts'
import { bytesWords, standingOfTarget } from './words.ts'

const status = {
  state: 'idle',
  sequence: 7,
  unconfirmed: 0,
  waiting: 0,
  waitingBytes: 0,
  spoolBytes: 65_536,
  delivered: 7,
  dropped: 0,
  cut: 0,
  repeated: 0,
} as const
const shown: ShownTarget = {
  id: 't',
  name: 'SIEM',
  group: 'g',
  hasClientKey: true,
  createdAt: '',
  updatedAt: '',
  status,
  settings: {
    isOn: true,
    spoolBytes: 65_536,
    withInstallation: false,
    filter: { severity: 'warning', categories: ['admins'] },
    target: {
      host: 'siem.x',
      port: 6514,
      transport: 'tls',
      framing: 'octetCounting',
      trust: 'A',
      clientCertificate: 'B',
      format: 'cef',
      header: 'rfc5424',
      facility: 'local3',
      appName: 'gate',
      maxMessageBytes: 4096,
      byteOrderMark: 'never',
    },
  },
}
const fields = targetFieldsOf(shown)

test('saving without a change sends what is stored, and no key', () => {
  expect(changeOf(fields, true)).toEqual({ name: 'SIEM', settings: shown.settings })
})

test('what belongs to TLS is not kept beside another transport, its key neither', () => {
  const change = changeOf({ ...fields, transport: 'udp', port: 514 }, true)

  expect(change.settings.target).not.toHaveProperty('trust')
  expect(change.clientKey).toBeNull()
})

test('the key has to be given again where it would be used elsewhere', () => {
  expect(erasesKey({ ...fields, host: 'other.x' }, shown)).toBe(true)
  expect(erasesKey({ ...fields, severity: 'info' }, shown)).toBe(false)
  expect(erasesKey({ ...fields, host: 'other.x' }, { ...shown, hasClientKey: false })).toBe(false)
})

test('a usual port follows the transport, and a chosen one stays', () => {
  expect([514, 6514, 1514].map((port) => portFor('tls', port))).toEqual([6514, 6514, 1514])
})

test('drops stay in sight, and a target that takes nothing is called so', () => {
  expect(standingOfTarget({ ...status, dropped: 3 })[0]).toBe('warning')
  expect(standingOfTarget({ ...status, state: 'waiting', dropped: 3 })).toEqual(['failed', 'takes nothing'])
  expect(standingOfTarget(status)).toEqual(['ok', 'up to date'])
  expect([900, 12_288, 1_572_864].map(bytesWords)).toEqual(['900 B', '12 KiB', '1.5 MiB'])
})
