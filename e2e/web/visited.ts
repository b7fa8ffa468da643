/**
 * A built system with its pages, and a browser that visits them.
 *
 * @module
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOutdated } from '@sallygate/supervisor'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { discard, freePortBase, root, startSystem, temporaryHome, until, type System } from '../system.ts'
import { follow, launchBrowser, openWindow, signIn, signInAs } from './browser.ts'

export interface Visit extends BrowserContextOptions {
  /** Absent: the administrator of the default start. */
  readonly who?: { readonly user: string; readonly password: string } | undefined
  /** Statuses that this visit is meant to be answered with; a browser complains about each. */
  readonly refused?: readonly number[]
}

export interface Visited {
  readonly home: string
  readonly system: System
  readonly browser: Browser
  /** Of the sample office. */
  readonly group: string
  /** Signs in, goes to a page, and looks; at its end nothing may have gone wrong unseen. */
  readonly visit: (address: string, what: (page: Page) => Promise<void>, visit?: Visit) => Promise<void>
  readonly stop: () => Promise<void>
}

const pages = join(root, 'apps/web')
const builtAt = () => statSync(join(pages, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0

export async function startVisited(): Promise<Visited> {
  const home = temporaryHome()
  // A start builds them beside everything else, and serves those of an earlier version until they are whole.
  const [isOld, before] = [isOutdated(pages), builtAt()]
  const system = await startSystem({ home, portBase: await freePortBase() })
  if (isOld) await until(() => builtAt() > before, 120_000, 'the pages are built')
  const browser = await launchBrowser()
  return {
    home,
    system,
    browser,
    group: system.ready.groupId,
    async visit(address, what, { who, refused = [], ...options } = {}) {
      const { page, complaints, close } = await openWindow(browser, system.ready.consoleUrl, options)
      if (who === undefined) await signIn(page, system)
      else await signInAs(page, who.user, who.password)
      await page.getByTestId('gate').waitFor()
      if (address !== '/') await follow(page, address)
      try {
        await what(page)
      } catch (error) {
        const shown = await page.locator('body').innerText()
        throw new Error(`at ${page.url()}, which shows: ${shown.slice(0, 2000)}\n${complaints.join('\n')}`, {
          cause: error,
        })
      }
      expect(complaints.filter((one) => !refused.some((status) => one.includes(`status of ${status}`)))).toEqual([])
      await close()
    },
    async stop() {
      await browser.close()
      await discard(system, home)
    },
  }
}

/** Lets the connector of the start reach a port of this machine. It reads its policy file anew within seconds. */
export function allowTarget(home: string, service: 'directory' | 'mail' | 'syslog', port: number): void {
  const file = join(home, 'connector/policy.toml')
  const policy = readFileSync(file, 'utf8')
  const [before = '', after = ''] = policy.split(`[services.${service}]`)
  const allowed = `${before}[services.${service}]${after.replace('targets = [', `targets = ["127.0.0.1:${port}", `)}`
  if (allowed === policy) throw new Error(`the policy file has no targets of ${service}`)
  writeFileSync(file, allowed)
}
