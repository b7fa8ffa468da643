/**
 * The settings of the connector of this host: what a command says, and below it the file in its home.
 *
 * Enrolling through a proxy leaves the proxy in that file, so that the connector that is
 * started afterwards goes the same way.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensurePrivateDirectory, writeFileAtomic } from '@sallygate/base/file'
import type { SettingSource } from '@sallygate/base/settings'
import { readSettingsFile } from '@sallygate/base/settings-file'
import { proxyFields } from '@sallygate/dial'
import { connectorSettings, type ConnectorSettings } from './settings.ts'

type Values = Readonly<Record<string, unknown>>

const fileIn = (home: string) => join(home, 'settings.json')

/** @throws FILE_UNREADABLE, SETTINGS_*. */
export function readHostSettings(home: string, said: Values = {}): ConnectorSettings {
  return connectorSettings.parse([{ name: 'command line', values: { ...defined(said), home } }, ...fileOf(home)])
}

/** Those that are there stay, but for the ones that are said anew. Paths are written so that they hold from anywhere. */
export function keepHostSettings(home: string, said: Values): void {
  const values = Object.entries(defined(said)).map(([key, value]): [string, unknown] => [
    key,
    isPath(key, value) ? resolve(String(value)) : value,
  ])
  if (values.length === 0) return
  ensurePrivateDirectory(home)
  const content = { ...fileOf(home)[0]?.values, home: resolve(home), ...Object.fromEntries(values) }
  writeFileAtomic(fileIn(home), `${JSON.stringify(content, undefined, 2)}\n`)
}

function fileOf(home: string): readonly SettingSource[] {
  return existsSync(fileIn(home)) ? [readSettingsFile(fileIn(home))] : []
}

function isPath(key: string, value: unknown): boolean {
  if (key === 'proxyPac') return !/^https?:/i.test(String(value))
  const field = connectorSettings.fields[key as keyof typeof proxyFields] as { readonly kind: string } | undefined
  return field?.kind.startsWith('path') === true
}

function defined(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
