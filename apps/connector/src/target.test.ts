import { directoryContract } from '@sallygate/service-directory/contract'
import { mailContract } from '@sallygate/service-mail/contract'
import { syslogContract } from '@sallygate/service-syslog/contract'
import { expect, test } from 'vitest'
import { parsePolicy } from './policy-text.ts'
import { policyTemplate } from './policy-template.ts'
import { targetFinder } from './target.ts'

function finder(
  answers: Readonly<Record<string, readonly string[]>>,
  literal: readonly string[] = [],
  never: readonly string[] = [],
  isBehindProxy = false,
) {
  const text = policyTemplate(literal).replace('never = []', `never = ${JSON.stringify(never)}`)
  const policy = parsePolicy(Buffer.from(text), [directoryContract, mailContract, syslogContract])
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    const found = answers[host]
    if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    return found
  }
  const find = targetFinder({ policy: () => policy, resolve, relay: { host: 'relay.test', port: 443, isBehindProxy } })
  return { asked, find: (host: string, port = 636) => find('directory', host, port) }
}

const refused = (code: string, reason?: string) =>
  expect.objectContaining({ code, ...(reason === undefined ? {} : { details: expect.objectContaining({ reason }) }) })

test('a name is looked up once, and the address that was checked is the one that is used', async () => {
  const { find, asked } = finder({ 'dc1.corp.test': ['10.0.0.5'] })

  const target = await find('DC1.Corp.Test.')

  expect(target).toEqual({ address: '10.0.0.5', port: 636, serverName: 'dc1.corp.test' })
  expect(asked.filter((host) => host === 'dc1.corp.test')).toHaveLength(1)
})

test('of two answers, the forbidden one is never used', async () => {
  const { find } = finder({ 'rebind.test': ['127.0.0.1', '10.0.0.5'], 'bad.test': ['169.254.169.254', '::1'] })

  const target = await find('rebind.test')

  expect(target.address).toBe('10.0.0.5')
  await expect(find('bad.test')).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'metadata'))
})

test.each([
  ['localhost', ['127.0.0.1'], 'loopback'],
  ['LocalHost.', ['::1'], 'loopback'],
  ['dressed.test', ['::ffff:127.0.0.1'], 'loopback'],
  ['zero.test', ['0.0.0.0'], 'unspecified'],
  ['nat64.test', ['64:ff9b::7f00:1'], 'loopback'],
  ['relay-alias.test', ['10.9.9.9'], 'relay'],
])('%s leads nowhere under a star', async (host, answers, reason) => {
  const { find } = finder({ [host.toLowerCase().replace(/\.$/, '')]: answers, 'relay.test': ['10.9.9.9'] })

  await expect(find(host)).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', reason))
})

test('loopback is reached only by an entry that names it literally', async () => {
  const { find } = finder({ localhost: ['127.0.0.1'], 'alias.test': ['127.0.0.1'] }, [
    '127.0.0.1:3890',
    'localhost:3891',
    'alias.test:3892',
  ])

  const [byAddress, byName] = [await find('127.0.0.1', 3890), await find('localhost', 3891)]

  expect([byAddress.address, byName.address]).toEqual(['127.0.0.1', '127.0.0.1'])
  await expect(find('127.0.0.1', 636)).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'loopback'))
  // Whoever runs the zone of alias.test must not be able to say that it is this host.
  await expect(find('alias.test', 3892)).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'loopback'))
})

test('the metadata service is not reached even by an entry that names it', async () => {
  const { find } = finder({}, ['169.254.169.254:80'])

  await expect(find('169.254.169.254', 80)).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'metadata'))
})

test('the relay itself is no target, whatever an entry says; its host may hold others', async () => {
  const { find } = finder({ 'relay.test': ['10.9.9.9'] }, ['relay.test:443,636'])

  const neighbor = await find('relay.test', 636)

  expect(neighbor.address).toBe('10.9.9.9')
  await expect(find('relay.test', 443)).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'relay'))
})

test('what never names is not reached by name or by address', async () => {
  const { find } = finder(
    { 'console.test': ['10.1.1.1'], 'alias.test': ['10.1.1.1'], 'other.test': ['10.2.0.9'] },
    [],
    ['console.test', '10.1.1.1', '10.2.0.0/16'],
  )

  await expect(find('console.test')).rejects.toEqual(refused('CONNECTOR_POLICY_TARGET'))
  await expect(find('alias.test')).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'never'))
  await expect(find('other.test')).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'never'))
})

test('another port, an old spelling of an address and an unknown name are refused before and after the look-up', async () => {
  const { find, asked } = finder({ 'dc1.corp.test': ['10.0.0.5'] })

  await expect(find('dc1.corp.test', 25)).rejects.toEqual(refused('CONNECTOR_POLICY_TARGET'))
  await expect(find('2130706433')).rejects.toEqual(refused('CONNECTOR_TARGET_MALFORMED'))
  expect(asked).toEqual([])
  await expect(find('nobody.test')).rejects.toEqual(refused('CONNECTOR_TARGET_NOT_FOUND', 'ENOTFOUND'))
})

test('behind a proxy the name of the relay is given to no resolver, and is refused as a target all the same', async () => {
  const { find, asked } = finder({ 'dc1.corp.test': ['10.0.0.5'], 'relay.test': ['192.0.2.1'] }, [], [], true)

  await find('dc1.corp.test')
  await expect(find('Relay.Test')).rejects.toEqual(refused('CONNECTOR_POLICY_ADDRESS', 'relay'))

  expect(asked).toEqual(['dc1.corp.test'])
})
