/**
 * Commands to devices and their enrollment codes, as the API answers with them.
 *
 * @module
 */
export type CommandKind = 'lock' | 'message' | 'enterpriseWipe' | 'fullWipe' | 'report'

export interface DeviceCommand {
  readonly id: string
  readonly kind: CommandKind
  readonly state: 'queued' | 'sent' | 'done' | 'failed' | 'expired' | 'cancelled'
  readonly text?: { readonly title: string; readonly body: string }
  readonly by: string
  readonly note?: string
  readonly requestedAt: string
  readonly sentAt?: string
  readonly endedAt?: string
  readonly result?: string
}

export interface DeviceCode {
  readonly id: string
  readonly label: string
  readonly needsLogin: boolean
  readonly usesLeft: number
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt?: string
  readonly lastUsedAt?: string
}

export interface MadeDeviceCode extends DeviceCode {
  readonly code: string
}
