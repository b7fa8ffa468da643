/**
 * What events are about and how bad they are, as one chooses.
 *
 * @module
 */

export const categoryWords: Readonly<Record<string, string>> = {
  connectors: 'Connectors',
  certificates: 'Certificates',
  admins: 'Administrators',
  services: 'Services',
  devices: 'Devices',
  nac: 'NAC',
  system: 'System',
  audit: 'Audit',
}

/** From the least to the worst. */
export const severityWords: Readonly<Record<string, string>> = {
  debug: 'everything',
  info: 'info and worse',
  notice: 'notices and worse',
  warning: 'warnings and worse',
  error: 'errors and worse',
  critical: 'critical only',
}
