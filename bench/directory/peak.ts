/**
 * The most memory a process has had resident, as the kernel counts it, and from when it counts.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'

/** From now on. */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

export function peakMb(pid: number): number {
  const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib ?? 0) / 1024
}
