/**
 * A console that nobody has set up yet, from the code in its home to the first page.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { freePortBase, interrupt, root, temporaryHome, until } from '../system.ts'
import { barriers, hasBrowser, launchBrowser, openWindow } from './browser.ts'

const hasPages = existsSync(join(root, 'apps/web/dist/index.html'))
if (!hasBrowser || !hasPages) console.log('skipped: the first run needs /usr/bin/chromium and built pages')

let child: ChildProcess | undefined
let home = ''

afterEach(async () => {
  if (child !== undefined) await interrupt(child)
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(!hasBrowser || !hasPages)('a fresh console', { timeout: 120_000 }, () => {
  test('is set up with its code, once, and then asks where the relay is', async () => {
    home = temporaryHome()
    const url = await startConsole(await freePortBase())
    const browser = await launchBrowser()
    const { page, complaints } = await openWindow(browser, url, { colorScheme: 'dark' })

    await page.goto('/')
    await page.getByRole('heading', { name: 'Set up this console' }).waitFor()
    const found = await barriers(page)
    await page.getByLabel('One-time code').fill(readFileSync(join(home, 'console/setup-code'), 'utf8').trim())
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill('a horse with a long neck')
    await page.getByRole('textbox', { name: 'The same password again' }).fill('a horse with a long neck')
    await page.getByRole('button', { name: 'Create the administrator' }).click()
    await page.getByRole('heading', { name: 'Connect your network' }).waitFor()
    await page.getByLabel('External URL').waitFor()
    await page.getByRole('button', { name: 'Sign out admin' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto('/first-run')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()

    expect(found).toEqual([])
    expect(complaints).toEqual([])
    expect(existsSync(join(home, 'console/setup-code'))).toBe(false)
    await browser.close()
  })
})

async function startConsole(portBase: number): Promise<string> {
  const directory = join(home, 'console')
  mkdirSync(directory, { mode: 0o700 })
  const settings = join(directory, 'settings.json')
  writeFileSync(settings, JSON.stringify({ home: directory, port: portBase + 2 }), { mode: 0o600 })
  child = spawn(process.execPath, [join(root, 'apps/console/src/main.ts'), '--settings', settings], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await until(() => existsSync(join(directory, 'status.json')), 60_000, 'the console is up')
  return `http://127.0.0.1:${portBase + 2}`
}
