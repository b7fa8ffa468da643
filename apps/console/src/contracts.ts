/**
 * What the console knows of services: their contracts, and every settings page there is.
 *
 * @module
 */
import { operationTable } from '@sallygate/service-kit'
import { directoryContract } from '@sallygate/service-directory/contract'
import { instanceContract } from '@sallygate/service-instance/contract'
import { mailContract } from '@sallygate/service-mail/contract'
import { syslogContract } from '@sallygate/service-syslog/contract'
import { devicesPage } from './devices/settings-page.ts'
import { notificationsPage } from './mail/notifications-page.ts'
import { cloudConnectorPage } from './settings/cloud-connector.ts'
import { restrictedActionsPage } from './settings/restricted-actions.ts'
import { siteUrlsPage } from './settings/site-urls.ts'

/** Every contract this console knows. Both ends have the same list. */
export const contracts = operationTable([directoryContract, instanceContract, mailContract, syslogContract])

export const serviceContracts = contracts.contracts.filter(({ name }) => name !== instanceContract.name)

/** Every settings page, in the order it is shown. */
export const settingsPages = [
  cloudConnectorPage(contracts),
  siteUrlsPage,
  restrictedActionsPage,
  devicesPage,
  notificationsPage,
  ...serviceContracts,
]
