/**
 * What an administrator changes with the browser: settings, groups, connectors, roles, keys and himself.
 *
 * One system with a real connector and LDAP; what the pages say is checked against what the API then does.
 */
import { createHmac } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type System } from '../system.ts'
import { barriers, hasBrowser, openWindow, signInAs } from './browser.ts'
import { startVisited, type Visit, type Visited } from './visited.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

const password = 'a horse with a long neck'

describe.skipIf(!hasBrowser)('an administrator', { timeout: 120_000 }, () => {
  let visited: Visited
  let system: System

  beforeAll(async () => {
    visited = await startVisited()
    system = visited.system
  }, 240_000)
  afterAll(() => visited.stop(), 30_000)

  async function made(path: string, body: object): Promise<string> {
    return (await system.api<{ id: string }>('POST', path, body)).body.id
  }

  const below = (name: string) => made('/api/groups', { name, parent: system.ready.groupId })

  const search = (group: string) =>
    system.api<{ code?: string }>('POST', `/api/groups/${group}/call`, {
      operation: 'directory.search',
      parameters: { kind: 'users', limit: 1 },
    })

  const as = (who: Visit['who'], what: (page: Page) => Promise<void>, refused: readonly number[] = []) =>
    visited.visit('/', what, { who, refused })

  test('turns a service off in one group, sees where each setting comes from, and inherits again', async () => {
    const group = await below('Berlin')

    await as(undefined, async (page) => {
      await page.goto(`/groups/${group}/cloud-connector`)
      await page.getByText('the defaults hold').waitFor()
      await page.getByText('Override', { exact: true }).click()
      await page.getByRole('radiogroup', { name: 'Directory' }).getByText('Off', { exact: true }).click()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('This group has settings of its own').waitFor()
      await page.getByText('set here').waitFor()
      const off = await search(group)
      await page.getByText('Inherit', { exact: true }).click()
      await page.getByText('Saving erases what this group has set here').waitFor()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('the defaults hold').waitFor()
      const on = await search(group)

      expect([off.body.code, on.status]).toEqual(['CLOUD_CONNECTOR_SERVICE_OFF', 200])
    })
  })

  test('uses a password of the group above without seeing it, and has to give one to override', async () => {
    const group = await below('Paris')

    await as(undefined, async (page) => {
      await page.goto(`/groups/${group}/directory/settings`)
      await page.getByText('They are those of Sample Office').waitFor()
      const inherited = page.getByRole('textbox', { name: /^Base DN · from Sample Office/ })
      const [dn, isLocked] = [await inherited.inputValue(), await inherited.isDisabled()]
      const shown = await page.getByRole('textbox', { name: /^Bind password/ }).inputValue()
      await page.getByText('Override', { exact: true }).click()
      await page.getByText('The stored password stays with the group above.').waitFor()
      await page.getByRole('textbox', { name: /^Base DN$/ }).fill(`ou=People,${dn}`)
      await page.getByRole('textbox', { name: /^Bind password/ }).fill('another password')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('textbox', { name: /^Base DN · set here/ }).waitFor()
      const stored = await page.getByRole('textbox', { name: /^Bind password/ }).inputValue()
      await page.getByRole('combobox', { name: 'Port of server 1' }).fill('7')
      await page.getByText('Saving this erases the stored password.').waitFor()

      expect([dn, isLocked, shown, stored]).toEqual([system.ready.sampleOffice?.baseDn, true, '', ''])
      expect(await page.content()).not.toContain('another password')
    })
  })

  test('sees what a move would change before anything is moved', async () => {
    const [from, to] = [await below('Lagos'), await below('Africa')]
    const off = { mode: 'override', values: { services: { directory: 'off' } } }
    await system.api('PUT', `/api/groups/${to}/settings/cloudConnector`, off)
    const parentOf = async () => (await system.api<{ parent: string }>('GET', `/api/groups/${from}`)).body.parent

    await as(undefined, async (page) => {
      await page.goto('/groups')
      await page.getByRole('button', { name: 'Move Lagos' }).click()
      await page.getByRole('combobox', { name: 'To below' }).click()
      await page.getByRole('option', { name: 'Sample Office / Africa' }).click()
      const row = page.getByRole('table', { name: 'Settings that change' }).getByRole('row', { name: /services/ })
      await row.waitFor()
      const words = await row.textContent()
      const before = await parentOf()
      const found = await barriers(page)
      await page.getByRole('button', { name: 'Move it' }).click()
      await until(async () => (await parentOf()) === to, 10_000, 'the group is moved')

      expect(words).toMatch(/directory connectors.*default.*directory off.*from Africa/)
      expect([before, found]).toEqual([system.ready.groupId, []])
    })
  })

  test('drains a connector and brings it back', async () => {
    const { groupId, connectorId } = system.ready

    await as(undefined, async (page) => {
      await page.goto(`/groups/${groupId}/connectors/${connectorId}`)
      await page.getByText('Drain', { exact: true }).click()
      await page.getByText('It finishes what it has and gets nothing new.').waitFor()
      await page.locator('.standing', { hasText: 'draining' }).waitFor()
      const without = await search(groupId)
      await page.getByText('Active', { exact: true }).click()
      await page.locator('.standing', { hasText: 'live' }).waitFor()
      const back = await search(groupId)

      expect(without.status).not.toBe(200)
      expect(back.status).toBe(200)
    })
  })

  test('watches a test hop by hop, sees the certificates, and finds it again', async () => {
    const { groupId } = system.ready

    await as(undefined, async (page) => {
      await page.goto(`/groups/${groupId}/directory`)
      await page.getByRole('button', { name: 'Test connection' }).click()
      await page.getByText('The directory answers.').waitFor()
      await page
        .getByText(/certificates? it sent/)
        .first()
        .click()
      const chain = await page.locator('.chain').first().textContent()
      await page.getByText(/^Earlier tests/).click()
      const earlier = await page.getByRole('table', { name: 'Earlier tests' }).getByText('shown above').count()

      expect(chain).toMatch(/issued by .*([0-9A-F]{2}:){31}[0-9A-F]{2}/)
      expect(earlier).toBe(1)
    })
  })

  test('makes a role, changes it, and who has it may do just that', async () => {
    await as(undefined, async (page) => {
      await page.goto('/roles')
      await page.getByRole('button', { name: 'New role' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Night shift')
      await page.getByRole('checkbox', { name: 'Status: see' }).check()
      await page.getByRole('checkbox', { name: 'Connectors: change' }).check()
      await page.getByRole('button', { name: 'Make the role' }).click()
      await page.getByRole('heading', { level: 1, name: 'Night shift' }).waitFor()
      await page.getByRole('checkbox', { name: 'Connectors: change' }).uncheck()
      await page.getByRole('checkbox', { name: 'Organization groups: see' }).check()
      await page.getByRole('checkbox', { name: 'Enterprise services: see' }).check()
      await page.getByRole('checkbox', { name: 'Request log: see' }).check()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('It counts for everybody who has this role').waitFor()
    })
    await made('/api/admins', { name: 'noor', password, role: 'Night shift' })

    await as({ user: 'noor', password }, async (page) => {
      const entries = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents()

      expect(entries).toEqual([
        'Overview',
        'Connectors',
        'Request log',
        'Directory',
        'Mail',
        'Syslog',
        'Organization groups',
      ])
    })
  })

  test('makes an API key that is shown once, works, and is refused when it is revoked', async () => {
    await as(undefined, async (page) => {
      await page.goto('/api-keys')
      await page.getByRole('button', { name: 'New API key' }).click()
      await page.getByLabel('Name').fill('monitoring')
      await page.getByRole('combobox', { name: 'Role' }).click()
      await page.getByRole('option', { name: 'Auditor' }).click()
      await page.getByRole('button', { name: 'Make the key' }).click()
      const key = (await page.getByText(/^sgk_/).textContent()) ?? ''
      const status = async () => {
        const headers = { authorization: `Bearer ${key}` }
        return (await fetch(`${system.ready.consoleUrl}/api/status`, { headers })).status
      }
      const works = await status()
      await page.getByRole('button', { name: 'I have it' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      const left = await page.content()
      await page.getByRole('button', { name: 'Revoke monitoring' }).click()
      await page.getByRole('button', { name: 'Revoke for good' }).click()
      await page.getByText('monitoring is revoked.').waitFor()

      expect([works, await status(), left.includes(key)]).toEqual([200, 401, false])
    })
  })

  test('protects the own account with a second factor and a PIN', async () => {
    await made('/api/admins', { name: 'ines', password, role: 'administrator' })
    const group = await below('Lisbon')

    const secure = async (page: Page) => {
      await page.getByRole('link', { name: 'Your account, ines' }).click()
      await page.getByRole('textbox', { name: 'PIN' }).fill('4711')
      await page.getByRole('textbox', { name: 'Your password' }).last().fill(password)
      await page.getByRole('button', { name: 'Set the PIN' }).click()
      await page.getByText('The PIN is set.').waitFor()
      await page.getByRole('textbox', { name: 'Your password' }).first().fill(password)
      await page.getByRole('button', { name: 'Set up a second factor' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
      const key = (await page.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? ''
      await page.getByLabel('Code', { exact: true }).fill(totp(key))
      await page.getByRole('button', { name: 'Turn it on' }).click()
      await page.getByText('On. Signing in asks for a code.').waitFor()

      await page.goto('/groups')
      await page.getByRole('button', { name: 'Delete Lisbon' }).click()
      await page.getByLabel('Why').fill('closed')
      await page.getByRole('textbox', { name: 'Security PIN' }).fill('0000')
      await page.getByRole('button', { name: 'Delete for good' }).click()
      await page.getByText('CONSOLE_PIN_WRONG').waitFor()
      await page.getByRole('textbox', { name: 'Security PIN' }).fill('4711')
      await page.getByRole('button', { name: 'Delete for good' }).click()
      await page.getByText('Lisbon is deleted.').waitFor()
    }
    await as({ user: 'ines', password }, secure, [400, 403])

    expect((await system.api('GET', `/api/groups/${group}`)).status).toBe(404)
    const { body } = await system.api<{ hasTotp: boolean; hasPin: boolean }>('GET', '/api/admins/ines')
    expect(body).toMatchObject({ hasTotp: true, hasPin: true })
  })

  test('regenerates the certificates of a group, and requests go on', async () => {
    const { groupId } = system.ready

    await as(undefined, async (page) => {
      await page.goto(`/groups/${groupId}/cloud-connector`)
      await page.getByRole('tab', { name: 'Certificates' }).click()
      await page.getByRole('button', { name: 'Regenerate certificates' }).click()
      await page.getByLabel('Why').fill('once a year')
      await page.getByRole('button', { name: 'Regenerate', exact: true }).click()
      await page.getByText('1 of 1 connectors done').waitFor({ timeout: 60_000 })

      expect(await barriers(page)).toEqual([])
      expect((await search(groupId)).status).toBe(200)
    })
  })

  test('revokes the keys of a group at once, and requests come back by themselves', async () => {
    const { groupId } = system.ready
    const active = async () => {
      const { body } = await system.api<{
        certificates: readonly { kind: string; status: string; serial: string }[]
      }>('GET', `/api/groups/${groupId}/certificates`)
      return body.certificates.find(({ kind, status }) => kind === 'consoleSigning' && status === 'active')?.serial
    }
    const before = await active()

    await as(undefined, async (page) => {
      await page.goto(`/groups/${groupId}/cloud-connector`)
      await page.getByRole('tab', { name: 'Certificates' }).click()
      await page.getByRole('button', { name: 'Revoke now' }).click()
      const isHeld = await page.getByRole('button', { name: 'Revoke them now' }).isDisabled()
      await page.getByLabel('Why').fill('a laptop was stolen')
      await page.getByRole('button', { name: 'Revoke them now' }).click()
      await page.getByText('The old keys are distrusted.').waitFor()
      await until(async () => (await search(groupId)).status === 200, 60_000, 'requests go on with new keys')

      expect(isHeld).toBe(true)
      expect(await active()).not.toBe(before)
    })
  })

  test('is told that a group is gone, before anything is asked of it', async () => {
    await as(undefined, async (page) => {
      await page.goto('/groups/0123456789abcdef0123456789abcdef/devices')
      await page.getByText('There is no such group, or you may not see it.').waitFor()

      expect(await barriers(page)).toEqual([])
    })
  })

  test('sees where he is in the menu of a low window', async () => {
    await as(undefined, async (page) => {
      await page.setViewportSize({ width: 1280, height: 480 })
      await page.goto('/audit')
      const entry = page.getByRole('link', { name: 'Audit', exact: true })
      await until(
        async () => {
          const box = await entry.boundingBox()
          return box !== null && box.y > 0 && box.y + box.height <= 480
        },
        10_000,
        'the entry is in sight',
      )
    })
  })

  test('who may only look reads a policy, and finds nothing to change it with', async () => {
    await made('/api/admins', { name: 'lucia', password, role: 'auditor' })
    const [policy] = (
      await system.api<{ policies: readonly { id: string; name: string }[] }>(
        'GET',
        `/api/groups/${system.ready.groupId}/policies`,
      )
    ).body.policies

    await as({ user: 'lucia', password }, async (page) => {
      await page.goto(`/groups/${system.ready.groupId}/policies/${policy!.id}`)
      await page.getByText('You may see this policy, and not change it.').waitFor()
      const name = page.getByRole('textbox', { name: 'Name' })
      const opacity = await page.evaluate(`getComputedStyle(document.querySelector('#main input')).opacity`)
      const buttons = await page.locator('#main').getByRole('button').count()

      expect([await name.inputValue(), await name.isDisabled(), opacity, buttons]).toEqual([policy!.name, true, '1', 0])
    })
  })

  test('helps an administrator who is locked out, whose sessions end', async () => {
    const id = await made('/api/admins', { name: 'omar', password, role: 'administrator' })
    const fresh = 'another horse, with a short neck'
    const { page: his, close } = await openWindow(visited.browser, system.ready.consoleUrl, {})
    await signInAs(his, 'omar', password)
    await his.getByTestId('gate').waitFor()

    await as(undefined, async (page) => {
      await page.goto(`/admins/${id}`)
      await page.getByRole('button', { name: 'Reset', exact: true }).click()
      await page.getByRole('textbox', { name: 'New password' }).fill(fresh)
      await page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    })
    await his.goto('/account')
    await his.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signInAs(his, 'omar', password)
    await his.getByRole('alert').getByText('This user and password do not let you in.').waitFor()
    await signInAs(his, 'omar', fresh)
    await his.getByTestId('gate').waitFor()
    await close()
  })
})

/** The code of an authenticator app now (RFC 6238, SHA-1, 30 s, six digits). */
function totp(key: string): string {
  const bits = key
    .split('')
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)
      ?.map((byte) => Number.parseInt(byte, 2)) ?? [],
  )
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const digest = createHmac('sha1', bytes).update(counter).digest()
  const at = digest.at(-1)! & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
