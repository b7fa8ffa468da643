/**
 * The relay: where it is, how connectors and this console reach it, and whether they can.
 *
 * @module
 */
import { Button, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { relayQuery } from '../api/queries.ts'
import type { Relay } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { AuthorityField } from '../parts/authority-field.tsx'
import { useChange } from '../parts/change.ts'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { OnlySeen } from '../parts/only-seen.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import { externalUrlOf, relaySettingsOf, siteUrlFields, type SiteUrlFields } from '../settings/site-urls.ts'
import { may, useSession } from '../shell/session.ts'
import { ConnectionTest } from '../trace/connection-test.tsx'
import { SecureChannel } from '../settings/secure-channel.tsx'

export function RelayScene() {
  const relay = useQuery(relayQuery)
  return (
    <Page
      title="Relay and site URLs"
      says="Where console and connectors meet. It routes sealed requests and holds no key that opens one."
    >
      <Answer of={relay}>
        {(data) => (
          <Stack gap="lg">
            <Section
              title="This console at the relay"
              actions={
                <StandingWord standing={data.state === 'attached' ? 'ok' : data.state === 'off' ? 'off' : 'failed'}>
                  {data.state}
                </StandingWord>
              }
            >
              <Stack gap="md">
                {data.failure !== undefined && (
                  <Notice about="failed" says={data.failure.says} fix={data.failure.fix} />
                )}
                <RelayTest />
              </Stack>
            </Section>
            <Section title="Site URLs" says="Of the whole console: every group has them from here.">
              <RelayForm />
            </Section>
            <Section
              title="Secure channel"
              says="What a relay needs to recognize this console. Import the file at the relay; nothing in it is secret."
            >
              <SecureChannel />
            </Section>
          </Stack>
        )}
      </Answer>
    </Page>
  )
}

function RelayTest() {
  return <ConnectionTest title="Test of the relay" address={path`/api/relay/test`} />
}

/** Filled with what is stored, once: what a person types is not overwritten by a refresh. */
export function RelayForm() {
  const relay = useQuery(relayQuery)
  return <Answer of={relay}>{(data) => <Fields key={`${data.externalUrl} ${data.internalUrl}`} relay={data} />}</Answer>
}

function Fields({ relay }: { readonly relay: Relay }) {
  const session = useSession()
  const form = useForm<SiteUrlFields>({ initialValues: siteUrlFields(relay) })
  const save = useChange((fields: SiteUrlFields) => ask('PUT', path`/api/relay`, { body: relaySettingsOf(fields) }), {
    first: () => form.resetDirty(),
    says: 'Saved. The console dials the relay now, and connectors hear of it.',
    renews: [['relay'], ['status']],
  })
  const isMoved = relay.externalUrl !== undefined && externalUrlOf(form.values) !== relay.externalUrl
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset className="plain settings-fields" disabled={!may(session, 'relay:edit')}>
        <Stack gap="md" maw={620}>
          <Switch
            label="Use the relay"
            description="Off: this console hangs up, and no connector of any group is reached."
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
          <div className="url-and-port">
            <TextInput
              label="External URL"
              description="How connectors reach it; it goes into every invitation."
              placeholder="https://relay.example.com/awcm"
              required
              spellCheck={false}
              {...form.getInputProps('externalUrl')}
            />
            <WholeNumber
              label="External port"
              description="Usually 443."
              min={1}
              max={65_535}
              hideControls
              placeholder="443"
              {...form.getInputProps('externalPort')}
            />
          </div>
          {isMoved && (
            <Notice
              about="warning"
              says="Connectors that are attached follow to the new address by themselves."
              fix="Keep the old one answering until every connector has moved: one that is away now has to be enrolled again."
            />
          )}
          <TextInput
            label="Internal URL"
            description="How this console reaches it, its port included. Empty: the external one."
            spellCheck={false}
            {...form.getInputProps('internalUrl')}
          />
          <AuthorityField
            label="Authority of its TLS certificate (PEM)"
            description="Only if it is neither public nor issued by this console."
            value={form.values.tlsCa}
            onChange={(pem) => form.setFieldValue('tlsCa', pem)}
            error={form.errors['tlsCa']}
            isEditable={may(session, 'relay:edit')}
          />
          {save.isError && <FailureNotice error={save.error} />}
          {may(session, 'relay:edit') ? (
            <Button type="submit" className="start" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          ) : (
            <OnlySeen what="these addresses" />
          )}
        </Stack>
      </fieldset>
    </form>
  )
}
