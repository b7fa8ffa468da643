/**
 * Syslog targets, as the API answers with them.
 *
 * @module
 */
import type { ToldFailure } from './shapes.ts'

export interface SyslogTarget {
  readonly host: string
  readonly port: number
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly framing: 'octetCounting' | 'lineFeed'
  readonly certificateName?: string
  readonly trust?: string
  readonly pin?: string
  readonly clientCertificate?: string
  readonly format: 'rfc5424' | 'cef' | 'leef' | 'template'
  readonly header: 'rfc3164' | 'rfc5424'
  readonly template?: string
  readonly facility: string
  readonly appName: string
  readonly hostName?: string
  readonly maxMessageBytes?: number
  readonly byteOrderMark: 'asNeeded' | 'never'
}

export interface TargetSettings {
  readonly isOn: boolean
  readonly target: SyslogTarget
  readonly filter: { readonly severity: string; readonly categories?: readonly string[] }
  readonly spoolBytes: number
  readonly withInstallation: boolean
}

export interface TargetState {
  readonly state: 'off' | 'new' | 'delivering' | 'idle' | 'waiting'
  readonly sequence: number
  readonly unconfirmed: number
  readonly waiting: number
  readonly waitingBytes: number
  readonly spoolBytes: number
  readonly delivered: number
  readonly dropped: number
  readonly cut: number
  readonly repeated: number
  readonly lastDeliveryAt?: string
  readonly lastDropAt?: string
  readonly failingSince?: string
  readonly nextAttemptAt?: string
  readonly failure?: ToldFailure
  readonly connector?: string
  readonly confirmation?: 'certain' | 'habit' | 'none'
}

export interface ShownTarget {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly settings: TargetSettings
  readonly hasClientKey: boolean
  readonly createdAt: string
  readonly updatedAt: string
  readonly status: TargetState
}

export interface ChangedTarget extends ShownTarget {
  readonly erased: readonly string[]
}

export interface TargetTest {
  readonly connector?: { readonly id: string; readonly name: string }
  readonly rows: readonly {
    readonly target: string
    readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
    readonly says: string
    readonly fix: string
    readonly durationMs: number
    readonly code?: string
  }[]
}

export interface LinePreview {
  readonly line: string
  readonly bytes: number
  readonly templateNames: readonly string[]
}
