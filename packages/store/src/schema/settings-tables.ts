/**
 * Settings of services and pages, secrets beside them.
 *
 * @module
 */
type Bytes = Uint8Array

export interface SettingsTables {
  serviceSettings: { groupId: string; service: string; settings: string; generation: number; updatedAt: number }
  serviceSecrets: { groupId: string; service: string; field: string; sealed: Bytes }
  settingsPages: {
    groupId: string
    page: string
    mode: string
    childPermission: string
    generation: number
    updatedAt: number
  }
}
