/**
 * A real inventory agent, and what network access control then knows of this machine.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { plainMac, type OfferedVersion } from '@sallygate/protocol-ise-mdm'
import { findProgram, missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../../apps/console/src/testing/console-in-test.ts'
import { startNacBeside, type NacBeside } from '../../apps/console/src/testing/nac-beside.ts'

const missing =
  process.getuid?.() === 0
    ? missingProgram('fusioninventory-agent', 'Debian package fusioninventory-agent')
    : 'needs root'
if (missing !== undefined) console.log(`skipped: interop with FusionInventory, ${missing}`)

/** The address of this machine that has hardware, or leads somewhere; the kernel's own word for it. */
function macOfThisMachine(): string | undefined {
  const net = '/sys/class/net'
  const names = readdirSync(net).filter((name) => readFileSync(`${net}/${name}/type`, 'utf8').trim() === '1')
  const real = names.find((name) => !realpathSync(`${net}/${name}`).includes('/devices/virtual/'))
  return real === undefined ? undefined : readFileSync(`${net}/${real}/address`, 'utf8').trim()
}

describe.skipIf(missing !== undefined)('fusioninventory-agent', () => {
  let it: ConsoleInTest
  let nac: NacBeside
  let secret = ''
  beforeAll(async () => {
    it = await consoleInTest()
    nac = await startNacBeside(it)
    const made = await it.ask('POST', '/api/groups/Sample/agent-secrets', { key: rootKey, body: { name: 'test' } })
    secret = String(made.body['secret'])
  }, 60_000)
  afterAll(async () => {
    await nac.stop()
    await it.stop()
  })

  /** Categories that take long and say nothing about posture are left out, as an administrator would. */
  function runAgent(
    server: string,
    ...more: readonly string[]
  ): Promise<{ readonly code: number | null; readonly said: string }> {
    const program = findProgram('fusioninventory-agent') ?? ''
    const args = [
      `--server=${server}`,
      '--tasks=inventory',
      '--no-category=software,process,environment',
      '--no-httpd',
      '--force',
      '--logger=stderr',
      '--debug',
      ...more,
    ]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 })
    const said: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
    return new Promise((resolve) =>
      child.once('close', (code) => resolve({ code, said: Buffer.concat(said).toString('utf8') })),
    )
  }

  const devices = async () =>
    (await it.ask('GET', '/api/devices', { key: rootKey })).body['devices'] as readonly {
      readonly id: string
      readonly state: string
    }[]

  test('inventories this machine, and its address is found in all three versions of ISE’s API', async () => {
    const ran = await runAgent(`${it.origin}/inventory`, '--user=inventory', `--password=${secret}`)
    expect(ran, ran.said).toMatchObject({ code: 0 })

    const [device, ...others] = await devices()
    expect(others).toEqual([])
    expect(device?.state).toBe('enrolled')

    const mac = macOfThisMachine()
    if (mac === undefined) throw new Error('this machine has no network adapter of its own')
    for (const version of [1, 2, 3] as const satisfies readonly OfferedVersion[]) {
      const client = nac.client(version)
      const isKnown = async () => {
        // The console's own clock stands still in tests; what it tells nac is looked at as time goes by.
        await it.clock.advance(250)
        return (await client.find({ kind: 'one', criterion: 'macaddress', value: mac }))?.isRegistered
      }
      await expect.poll(isKnown, { timeout: 30_000 }).toBe(true)
      const found = await client.find({ kind: 'one', criterion: 'macaddress', value: mac })
      expect(found?.macAddresses).toContain(plainMac(mac))
      if (version === 3) expect(found?.guid).toBe(device?.id)
    }
  }, 180_000)

  test('coming again, it is the same device', async () => {
    await runAgent(`${it.origin}/inventory/${secret}`)

    expect(await devices()).toHaveLength(1)
  }, 180_000)

  test('with a wrong secret it brings nothing, and says that it was refused', async () => {
    const before = await devices()

    const ran = await runAgent(`${it.origin}/inventory`, '--user=inventory', '--password=wrong')

    expect(ran.said).toMatch(/401|authentication/i)
    expect(await devices()).toEqual(before)
  }, 180_000)
})
