/**
 * Devices, policies and NAC in the browser: what the pages say is checked against agents and nac.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type System } from '../system.ts'
import { enrollAgent, type Agent } from './agent.ts'
import { barriersOfDialog, follow, hasBrowser, openWindow, signIn } from './browser.ts'
import { pressUntil, tabTo } from './keyboard.ts'
import { startVisited, type Visited } from './visited.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

describe.skipIf(!hasBrowser)('devices', { timeout: 120_000 }, () => {
  let visited: Visited
  let system: System
  let browser: Browser
  let group: string
  const agents: Agent[] = []

  beforeAll(async () => {
    visited = await startVisited()
    ;({ system, browser } = visited)
    group = (await system.api<{ id: string }>('POST', '/api/groups', { name: 'Field', parent: system.ready.groupId }))
      .body.id
    for (const [name, serial, pinLocked] of [
      ['alpha', 'SN-A', true],
      ['beta', 'SN-B', false],
      ['gamma', 'SN-C', null],
    ] as const) {
      const identifiers = { hostName: name, serial, macs: [`02:16:3e:00:01:0${serial.charCodeAt(3) - 64}`] }
      const facts = { diskEncrypted: true, pinLocked, platform: 'linux', userName: 'noor' }
      agents.push(await enrollAgent(system, group, { identifiers, facts }))
    }
  }, 240_000)
  afterAll(() => visited.stop(), 30_000)

  async function inside(what: (page: Page) => Promise<void>): Promise<void> {
    const { page, complaints, close } = await openWindow(browser, system.ready.consoleUrl, {})
    await signIn(page, system)
    await page.getByTestId('gate').waitFor()
    await what(page)
    expect(complaints).toEqual([])
    await close()
  }

  test('from sign-in over the list and a device to a command, by keyboard only', async () => {
    const { page, complaints, close } = await openWindow(browser, system.ready.consoleUrl, {})
    await page.goto('/')
    await page.getByLabel('User').waitFor()
    const { adminPassword } = JSON.parse(readFileSync(system.ready.credentialFile, 'utf8')) as { adminPassword: string }

    await tabTo(page, 'User')
    await page.keyboard.type(system.ready.adminUser)
    await tabTo(page, 'Password')
    await page.keyboard.type(adminPassword)
    await page.keyboard.press('Enter')
    await page.getByTestId('gate').waitFor()
    await tabTo(page, 'Devices')
    await page.keyboard.press('Enter')
    await page.getByRole('table', { name: 'Devices' }).waitFor()
    await tabTo(page, 'Search')
    await page.keyboard.type('SN-B')
    await page.getByText('1 device fits').waitFor()
    await tabTo(page, 'beta')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'beta' }).waitFor()
    await tabTo(page, 'Posture')
    await pressUntil(page, 'ArrowRight', 'Commands')
    await tabTo(page, 'Message')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('Title').waitFor()
    await tabTo(page, 'Title')
    await page.keyboard.type('Come to the help desk')
    await page.keyboard.press('Enter')
    await page.getByRole('table', { name: 'Commands' }).getByText('Come to the help desk').waitFor()
    const heard = await agents[1]?.checkIn()
    await agents[1]?.done(heard?.[0]?.id ?? '')
    await page.getByRole('table', { name: 'Commands' }).getByText('It was done.').waitFor()

    expect(heard?.map(({ kind }) => kind)).toEqual(['message'])
    expect(complaints).toEqual([])
    await close()
  })

  test('a policy shows whom it would keep off before it does, and a device says why', async () => {
    const verdict = async (agent: Agent | undefined) =>
      (await system.api<{ verdict: { compliant: boolean } }>('GET', `/api/devices/${agent?.device}`)).body.verdict

    await inside(async (page) => {
      await follow(page, `/groups/${group}/policies/new`)
      await page.getByRole('textbox', { name: 'Name' }).fill('Locked')
      await page.getByRole('textbox', { name: 'What its user can do' }).fill('Set a PIN.')
      await page.getByRole('combobox', { name: 'What', exact: true }).click()
      await page.getByRole('option', { name: 'Screen lock with PIN' }).click()
      await page.getByRole('button', { name: 'Preview what would change' }).click()
      await page.getByRole('table', { name: 'Would lose compliance' }).getByText('beta').waitFor()
      const before = await verdict(agents[1])
      await page.getByRole('button', { name: 'Make the policy' }).click()
      await page.getByRole('table', { name: 'Compliance policies' }).getByText('Locked', { exact: true }).waitFor()
      await until(async () => !(await verdict(agents[1])).compliant, 30_000, 'the device is evaluated again')
      await follow(page, `/groups/${group}/devices/${agents[1]?.device}`)
      await page.getByRole('table', { name: 'Rules that fail' }).getByText('Set a PIN.').first().waitFor()
      const mac = await page.getByRole('table', { name: 'MAC addresses' }).getByText('made up by software').count()
      await follow(page, `/groups/${group}/devices?compliant=false`)
      await page.getByText('1 device fits').waitFor()

      expect([before.compliant, (await verdict(agents[0])).compliant, mac]).toEqual([true, true, 1])
    })
  })

  test('an account for a NAC: its secret is shown once, works, and works on while a second one is there', async () => {
    await inside(async (page) => {
      await follow(page, '/nac')
      await page.getByRole('tab', { name: 'Accounts' }).click()
      await page.getByRole('button', { name: 'New account' }).click()
      await page.getByRole('textbox', { name: 'User' }).fill('policy-node')
      await page.getByRole('button', { name: 'Make the account' }).click()
      const first = await secretOf(page)
      await page.getByRole('button', { name: 'New secret of policy-node' }).click()
      await page.getByRole('button', { name: 'Make a new secret' }).click()
      const second = await secretOf(page)
      await page.getByText(/the former secret works until/).waitFor()
      await until(async () => (await mdmInfo('policy-node', second)) === 200, 30_000, 'nac knows the second secret')
      const statuses = [await mdmInfo('policy-node', first), await mdmInfo('policy-node', 'wrong')]
      await page.getByRole('tab', { name: 'Probe' }).click()
      await page.getByRole('textbox', { name: 'User' }).fill('policy-node')
      await page.getByRole('textbox', { name: 'Password' }).fill(second)
      await page.getByRole('button', { name: 'Probe it' }).click()
      await page.getByText(/^ISE could work with this server/).waitFor()
      await page.getByRole('tab', { name: 'Clients' }).click()
      await page
        .getByRole('table', { name: /^Clients of/ })
        .getByText('policy-node')
        .waitFor({ timeout: 30_000 })

      expect(statuses).toEqual([200, 401])
      expect(await page.content()).not.toContain(second)
    })
  })

  test('a code for a device is shown once, with what to do there', async () => {
    await inside(async (page) => {
      await follow(page, `/groups/${group}/enroll`)
      await page.getByRole('textbox', { name: 'For whom or what' }).fill('Front desk')
      await page.getByRole('button', { name: 'Make a code' }).click()
      const code = (await page.getByText(/^SGD-/).textContent()) ?? ''
      await page.getByText(`sallygate hub enroll --console ${system.ready.consoleUrl}`).waitFor()
      await page.getByRole('button', { name: 'Make another code' }).click()
      await page.getByRole('button', { name: 'Revoke the code for Front desk' }).click()
      await page.getByRole('table', { name: 'Enrollment codes of devices' }).getByText('revoked').waitFor()

      expect(await page.content()).not.toContain(code)
    })
  })

  test('every dialog can be used by everybody', async () => {
    const found: string[] = []
    await system.api('POST', `/api/groups/${group}/sources`, {
      name: 'Old MDM',
      settings: { kind: 'ise', url: 'https://127.0.0.1:9', user: 'u', enabled: false },
      secrets: { password: 'p' },
    })
    await system.api('PUT', `/api/groups/${group}/settings/devices`, {
      mode: 'override',
      values: { allowFullWipe: true },
    })
    await system.api('POST', '/api/api-keys', { name: 'monitoring', role: 'auditor' })
    await system.api('POST', '/api/roles', { name: 'Night shift', resources: ['status:read'] })
    await system.api('POST', '/api/nac/accounts', { user: 'another-node' })
    const other = await system.api<{ id: string }>('POST', '/api/admins', {
      name: 'omar',
      password: 'a horse with a long neck',
      role: 'auditor',
    })
    const policy = await system.api<{ id: string }>('POST', `/api/groups/${group}/policies`, {
      name: 'To look at',
      rules: [{ kind: 'isTrue', fact: 'firewallOn', whenUnknown: 'passes' }],
    })
    const roles = await system.api<{ roles: readonly { id: string; name: string }[] }>('GET', '/api/roles')
    const role = roles.body.roles.find(({ name }) => name === 'Night shift')?.id ?? ''

    await inside(async (page) => {
      const shown = [
        ...dialogs(system, group, agents[0]?.device ?? ''),
        [`/groups/${group}/policies/${policy.body.id}`, '', ['Remove']],
        [`/admins/${other.body.id}`, '', ['Reset', 'Remove']],
        [`/roles/${role}`, '', ['Make a copy', 'Remove the role']],
      ] as const
      for (const [address, tab, buttons] of shown) {
        await follow(page, address)
        if (tab !== '') await page.getByRole('tab', { name: tab }).click()
        for (const button of buttons) {
          await page.getByRole('button', { name: button, exact: true }).first().click()
          await page.getByRole('dialog').getByRole('button', { name: 'Close' }).waitFor()
          found.push(...(await barriersOfDialog(page)).map((finding) => `${address}, ${button}: ${finding}`))
          await page.keyboard.press('Escape')
          await page.getByRole('dialog').waitFor({ state: 'detached' })
        }
      }

      expect(found).toEqual([])
    })
  })

  async function secretOf(page: Page): Promise<string> {
    await page.getByText('This is the only time the secret is shown.').waitFor()
    const line = page.getByRole('dialog').locator('.copy-value').last()
    const secret = (await line.textContent()) ?? ''
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    return secret
  }

  async function mdmInfo(user: string, secret: string): Promise<number | undefined> {
    const { body } = await system.api<{ nacs: readonly { url: string }[] }>('GET', '/api/nac')
    const certificate = await system.api<{ authority: { pem: string } }>('GET', '/api/nac/certificate')
    return new Promise((resolve, reject) => {
      const asked = request(
        new URL('/ciscoise/mdminfo', body.nacs[0]?.url),
        { auth: `${user}:${secret}`, ca: certificate.body.authority.pem, agent: false },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      asked.on('error', reject)
      asked.end()
    })
  }
})

type Dialogs = readonly [address: string, tab: string, buttons: readonly string[]]

function dialogs({ ready }: System, group: string, device: string): readonly Dialogs[] {
  const own = `/groups/${group}`
  return [
    [`${own}/devices/${device}`, '', ['Rename or move', 'Un-enroll', 'Delete']],
    [`${own}/devices/${device}`, 'Commands', ['Message', 'Enterprise wipe', 'Full wipe']],
    [`${own}/sources`, '', ['Add a server', 'Change Old MDM', 'Remove Old MDM', 'New secret']],
    ['/nac', 'Accounts', ['New account', 'Change another-node', 'New secret of another-node', 'Remove another-node']],
    ['/groups', '', ['New group', 'Rename Field', 'Move Field', 'Delete Field']],
    [`/groups/${ready.groupId}/connectors/${ready.connectorId}`, '', ['Revoke']],
    [`/groups/${ready.groupId}/cloud-connector`, 'Certificates', ['Regenerate certificates', 'Revoke now']],
    ['/admins', '', ['New administrator']],
    ['/roles', '', ['New role']],
    ['/api-keys', '', ['New API key', 'Revoke monitoring']],
  ]
}
