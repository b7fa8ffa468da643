import { directoryContract } from '@sallygate/service-directory/contract'
import { operationTable, TABLE_VERSION } from '@sallygate/service-kit'
import { mailContract } from '@sallygate/service-mail/contract'
import { syslogContract } from '@sallygate/service-syslog/contract'
import { expect, test } from 'vitest'
import { instanceContract } from './contract.ts'

const contracts = [directoryContract, instanceContract, mailContract, syslogContract]

/** Digest of names and classes, by table version. A published row never changes; a new version adds one. */
const digests: Readonly<Record<number, string>> = {
  1: '927c99f9658d13be94c2dda496e3e0a842877eea69315bbf77438680c5cc76cb',
  2: '473d07a83fff11192cd69056c7a05afb8a6eae2fbae6494d559ffd420a2aa071',
}

test('an operation changes its name or class only together with the table version', () => {
  expect(operationTable(contracts).digest).toBe(digests[TABLE_VERSION])
})

test('every operation has time enough to be begun', () => {
  for (const { operation } of operationTable(contracts).rows) {
    expect(operation.leastMs).toBeLessThan(operation.deadlineMs)
    expect(operation.says).toMatch(/^[A-Z].*\.$/)
  }
})
