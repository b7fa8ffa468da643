/**
 * The browser UI of the built system, used as a person uses it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { interrupt, launcher, root, run, until } from '../system.ts'
import type { System } from '../system.ts'
import { barriers, follow, hasBrowser, openWindow, overflow, signIn } from './browser.ts'
import { startVisited, type Visited } from './visited.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

describe.skipIf(!hasBrowser)('the pages', { timeout: 400_000 }, () => {
  let visited: Visited
  let home: string
  let system: System
  let browser: Browser
  let connector: ChildProcess | undefined

  beforeAll(async () => {
    visited = await startVisited()
    ;({ home, system, browser } = visited)
  }, 240_000)
  afterAll(async () => {
    if (connector !== undefined) await interrupt(connector)
    await visited.stop()
  }, 30_000)

  test('from sign-in to a new network and the trace of its first check, in one go', async () => {
    const { page, complaints, close } = await openWindow(browser, system.ready.consoleUrl, {})

    await signIn(page, system)
    await page.getByTestId('gate').waitFor()
    await page.getByRole('link', { name: 'Organization groups' }).click()
    await page.getByRole('button', { name: 'New group' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Acme')
    await page.getByRole('button', { name: 'Make the group' }).click()
    await page.getByRole('button', { name: 'Make a code' }).click()
    await page.getByText('Waiting for the connector…').waitFor()
    const code = await page.getByText(/^SG1-/).textContent()
    connector = await startConnector(code ?? '')
    await page.getByRole('button', { name: 'Turn on and save' }).waitFor({ timeout: 30_000 })
    await fillDirectory(page)
    await page.getByRole('button', { name: 'Turn on and save' }).click()
    await page.getByRole('button', { name: 'Test connection' }).click()

    await page.getByText('The gate is open').waitFor()
    expect(await page.getByTestId('trace').getByRole('listitem').allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/console/i),
        expect.stringContaining('Relay'),
        expect.stringContaining('TLS'),
        expect.stringContaining('Bind'),
      ]),
    )
    expect(complaints).toEqual([])
    await close()
  })

  // Colors and widths have nothing to do with each other: two windows see all four.
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const) {
    test(`every screen can be used by everybody, ${colorScheme}, ${width} px wide`, async () => {
      const viewport = { width, height: 844 }
      const { page, complaints, close } = await openWindow(browser, system.ready.consoleUrl, {
        colorScheme,
        viewport,
      })
      const found: string[] = []
      // What a page is made of is the same in both windows; its colors are not.
      const rules = colorScheme === 'dark' ? ['color-contrast', 'target-size'] : undefined
      const look = async (screen: string) => {
        found.push(...(await barriers(page, rules)).map((finding) => `${screen}: ${finding}`))
        const beyond = await overflow(page)
        if (beyond > 0) found.push(`${screen}: ${beyond} px too wide`)
      }

      await page.goto('/')
      await page.getByLabel('User').waitFor()
      await look('sign-in')
      await signIn(page, system)
      await page.getByTestId('gate').waitFor()
      for (const [address, isHere] of screens(system, await deviceOf(system))) {
        await follow(page, address)
        await isHere(page)
        await look(address)
      }

      expect(found).toEqual([])
      expect(complaints).toEqual([])
      await close()
    })
  }

  test('words of a directory stay words', async () => {
    const { page, complaints, close } = await openWindow(browser, system.ready.consoleUrl, {})
    await signIn(page, system)
    await page.getByTestId('gate').waitFor()
    const entry = {
      dn: 'cn=x',
      kind: 'user',
      fields: { displayName: ['<img src=x onerror=alert(1)>{{7*7}}'], login: ['nac\u202Exslx'] },
    }
    const answer = { entries: [entry], more: false, partial: false, referralsNotFollowed: 0, server: 'dc1' }
    const connector_ = { id: 'c', name: '<b>c</b>' }
    await page.route('**/call', (route) =>
      route.fulfill({ json: { result: answer, connector: connector_, durationMs: 1, attempts: 1, spans: [] } }),
    )

    await page.goto(`/groups/${system.ready.groupId}/directory/look-up`)
    await page.getByRole('button', { name: 'Search' }).click()

    await page.getByText('<img src=x onerror=alert(1)>{{7*7}}').waitFor()
    await page.getByText('nac⟨U+202E⟩xslx').waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  test('pages are never in place of the API, and carry no inline script', async () => {
    const asked = (path: string) => fetch(`${system.ready.consoleUrl}${path}`, { headers: { accept: 'text/html' } })

    const [page, unknown, api, outside] = await Promise.all(
      ['/groups', '/api/nothing', '/api', '/assets/..%2findex.html'].map(asked),
    )

    expect(page?.headers.get('content-security-policy')).toMatch(
      /script-src 'self'; style-src 'self' 'nonce-[\w-]{22}'/,
    )
    expect(await page?.text()).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
    expect([unknown?.status, api?.status, outside?.status]).toEqual([401, 401, 404])
  })

  const officePort = () => new URL(system.ready.sampleOffice?.url ?? '').port

  async function startConnector(code: string): Promise<ChildProcess> {
    const host = join(home, 'acme-host')
    mkdirSync(host, { mode: 0o700 })
    const [codeFile, rootFile] = [join(host, 'code'), join(host, 'root.pem')]
    writeFileSync(codeFile, `${code}\n`, { mode: 0o600 })
    const { body } = await system.api<{ pem: string }>('GET', '/api/certificates/root')
    writeFileSync(rootFile, body.pem)
    const place = ['--relay', system.ready.relayUrl, '--relay-ca', rootFile, '--home', join(host, 'connector')]
    const target = `127.0.0.1:${officePort()}`
    const enrolled = run(
      'connector',
      'enroll',
      '--code-file',
      codeFile,
      '--allow-target',
      target,
      '--name',
      'dc',
      ...place,
    )
    expect(enrolled, enrolled.stderr).toMatchObject({ code: 0 })
    return spawn(process.execPath, [launcher, 'connector', 'run', ...place], {
      cwd: root,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }

  async function fillDirectory(page: Page): Promise<void> {
    const office = join(home, 'sample-office/status.json')
    const { facts } = JSON.parse(readFileSync(office, 'utf8')) as { facts: { bindDn: string; bindPassword: string } }
    const { body } = await system.api<{ pem: string }>('GET', '/api/certificates/root')
    await page.getByRole('combobox', { name: 'Kind of directory' }).click()
    await page.getByRole('option', { name: 'Other LDAP directory' }).click()
    await page.getByLabel('Host of server 1').fill('127.0.0.1')
    await page.getByRole('combobox', { name: 'Port of server 1' }).fill(officePort())
    await page.getByRole('textbox', { name: 'Base DN', exact: true }).fill(system.ready.sampleOffice?.baseDn ?? '')
    await page.getByLabel('Bind account').fill(facts.bindDn)
    await page.getByRole('textbox', { name: 'Bind password' }).fill(facts.bindPassword)
    await page.getByLabel('Authorities to believe (PEM)').fill(body.pem)
  }
})

type Screen = readonly [address: string, isHere: (page: Page) => Promise<unknown>]

/** One of the sample devices, which come in the first seconds. */
async function deviceOf(system: System): Promise<string> {
  let device: string | undefined
  const look = async () => {
    const { body } = await system.api<{ devices: readonly { id: string }[] }>('GET', '/api/devices?limit=1')
    device = body.devices[0]?.id
    return device !== undefined
  }
  await until(look, 60_000, 'a sample device is there')
  return device ?? ''
}

function screens({ ready }: System, device: string): readonly Screen[] {
  const group = `/groups/${ready.groupId}`
  const heading = (name: string) => (page: Page) => page.getByRole('heading', { level: 1, name }).waitFor()
  const trace = (button: string) => async (page: Page) => {
    await page.getByRole('button', { name: button }).click()
    await page.getByTestId('trace').waitFor()
  }
  /** With everything that is folded, for what is folded is looked at by nobody. */
  const unfolded = (field: string) => async (page: Page) => {
    await page.getByRole('combobox', { name: field }).or(page.getByText(field)).first().waitFor()
    for (const part of await page.locator('details > summary').all()) await part.click()
  }
  return [
    [`${group}/overview`, (page) => page.getByTestId('gate').waitFor()],
    [`${group}/connectors`, (page) => page.getByRole('table', { name: 'Connectors' }).waitFor()],
    [`${group}/connectors/${ready.connectorId}`, trace('Test the connector')],
    [`${group}/invite`, heading('Invite a connector')],
    [`${group}/connect`, (page) => page.getByRole('button', { name: 'Test connection' }).waitFor()],
    [`${group}/directory`, trace('Test connection')],
    [`${group}/directory/look-up`, (page) => page.getByRole('button', { name: 'Search' }).waitFor()],
    [`${group}/directory/settings`, unfolded('Kind of directory')],
    [`${group}/directory/users`, (page) => page.getByText('Nothing of the directory is kept here').waitFor()],
    [`${group}/directory/groups`, (page) => page.getByText('Nothing of the directory is kept here').waitFor()],
    [`${group}/directory/sync`, (page) => page.getByText('The sync is off.').waitFor()],
    [`${group}/mail`, (page) => page.getByRole('combobox', { name: 'Show' }).waitFor()],
    [`${group}/mail/service`, (page) => page.getByText('Recent errors').waitFor()],
    [`${group}/mail/settings`, unfolded('Encryption')],
    [`${group}/mail/readers`, (page) => page.getByText('Certificates that end').waitFor()],
    [
      `${group}/mail/templates`,
      async (page) => {
        await page.getByRole('button', { name: 'Show it' }).click()
        await page.getByLabel('Text of the mail').waitFor()
      },
    ],
    [`${group}/syslog`, heading('Syslog')],
    [`${group}/syslog/service`, (page) => page.getByText('To connect, in seconds').waitFor()],
    [
      `${group}/syslog/targets/new`,
      async (page) => {
        await page.getByRole('button', { name: 'Show a line' }).click()
        await page.getByLabel('An event as it would be written').waitFor()
      },
    ],
    [`${group}/mail/sample-office`, (page) => page.getByRole('radiogroup', { name: 'Which form' }).waitFor()],
    [`${group}/syslog/sample-office`, (page) => page.getByRole('table', { name: 'Lines received' }).waitFor()],
    [`${group}/requests`, (page) => page.getByRole('table').waitFor()],
    [`${group}/cloud-connector`, (page) => page.getByLabel('Use the cloud connector').waitFor()],
    [`${group}/settings`, (page) => page.getByRole('table', { name: 'Settings pages' }).waitFor()],
    [`${group}/restricted-actions`, (page) => page.getByRole('radiogroup').first().waitFor()],
    [`${group}/devices`, (page) => page.getByRole('table', { name: 'Devices' }).waitFor()],
    [`${group}/devices/${device}`, (page) => page.getByRole('table', { name: 'Facts of the device' }).waitFor()],
    [`${group}/enroll`, heading('Enroll devices')],
    [`${group}/policies`, (page) => page.getByRole('table', { name: 'Compliance policies' }).waitFor()],
    [`${group}/policies/new`, (page) => page.getByRole('combobox', { name: 'What', exact: true }).waitFor()],
    [`${group}/sources`, (page) => page.getByRole('table', { name: 'Secrets of inventory agents' }).waitFor()],
    [`${group}/device-settings`, (page) => page.getByRole('list', { name: /^In this order/ }).waitFor()],
    ['/nac', (page) => page.getByText('Where NACs ask it').waitFor()],
    ['/relay', trace('Test connection')],
    ['/groups', (page) => page.getByRole('table').waitFor()],
    ['/audit', (page) => page.getByRole('table').waitFor()],
    ['/events', (page) => page.getByRole('table').waitFor()],
    ['/admins', (page) => page.getByRole('table', { name: 'Administrators' }).waitFor()],
    [`/admins/${ready.adminUser}`, heading(ready.adminUser)],
    ['/roles', (page) => page.getByRole('table', { name: 'Roles' }).waitFor()],
    ['/roles/auditor', (page) => page.getByRole('checkbox').first().waitFor()],
    ['/api-keys', (page) => page.getByRole('table', { name: 'API keys' }).waitFor()],
    ['/account', (page) => page.getByRole('table', { name: 'Your sessions' }).waitFor()],
    ['/nothing/here', heading('There is no page here')],
  ]
}
