/**
 * For tests, loaded before a program: SIGUSR2 collects garbage and writes what the process
 * still holds beside the settings file it was started with.
 *
 * @module
 */
import { renameSync, writeFileSync } from 'node:fs'

const { gc } = globalThis as { gc?: () => void }
const settingsFile = process.argv.at(-1) ?? 'settings.json'

process.on('SIGUSR2', () => {
  gc?.()
  gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  writeFileSync(`${settingsFile}.memory.part`, JSON.stringify({ heldBytes: heapUsed + external, rssBytes: rss }))
  renameSync(`${settingsFile}.memory.part`, `${settingsFile}.memory`)
})
