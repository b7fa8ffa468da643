/**
 * The services this connector has: the whole registry.
 *
 * A list of values; nothing is discovered and nothing registers itself. What is not
 * here cannot be asked for.
 *
 * @module
 */
import { directoryService } from '@sallygate/service-directory/agent'
import { mailService } from '@sallygate/service-mail/agent'
import { syslogService } from '@sallygate/service-syslog/agent'
import type { AnyService } from '@sallygate/service-kit'

export const services: readonly AnyService[] = [directoryService, mailService, syslogService]
