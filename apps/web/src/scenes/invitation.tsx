/**
 * An invitation: a one-time code or an installer, and the wait for who comes.
 *
 * @module
 */
import {
  Button,
  Group,
  Loader,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  NumberInput,
} from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ask, path } from '../api/client.ts'
import { connectorsQuery } from '../api/queries.ts'
import type { Connector, EnrollmentCode, Installer } from '../api/shapes.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

type Way = 'code' | 'installer'

export interface InvitationProps {
  readonly group: string
  readonly onLive?: ((connector: Connector) => void) | undefined
}

export function Invitation({ group, onLive }: InvitationProps) {
  const [way, setWay] = useState<Way>('code')
  const [isMade, setMade] = useState(false)
  return (
    <Stack gap="lg">
      <div>
        <Text size="sm" fw={600} mb={4} id="way">
          How will it come?
        </Text>
        <SegmentedControl
          aria-labelledby="way"
          value={way}
          onChange={(value) => setWay(value as Way)}
          data={[
            { value: 'code', label: 'One-time code' },
            { value: 'installer', label: 'Installer file' },
          ]}
        />
        <Text size="sm" c="dimmed" mt={6} maw={620}>
          {way === 'code'
            ? 'For one connector, within the hour: you type or paste the code on its server.'
            : 'For one or more servers, over days: a file under a certificate password. Each makes a key of its own.'}
        </Text>
      </div>
      {way === 'code' ? (
        <ByCode group={group} onMade={() => setMade(true)} />
      ) : (
        <ByInstaller group={group} onMade={() => setMade(true)} />
      )}
      {isMade && <Arrival group={group} onLive={onLive} />}
    </Stack>
  )
}

function ByCode({ group, onMade }: { readonly group: string; readonly onMade: () => void }) {
  const [name, setName] = useState('')
  const make = useMutation({
    mutationFn: () =>
      ask<EnrollmentCode>('POST', path`/api/groups/${group}/enrollment-codes`, { body: { name, validMinutes: 60 } }),
    onSuccess: onMade,
  })
  if (make.data === undefined) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack gap="md" maw={420}>
          <TextInput
            label="Name of the connector"
            description="As you will see it here. Empty: the name of its server."
            maxLength={128}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {make.isError && <FailureNotice error={make.error} />}
          <Button type="submit" loading={make.isPending} className="start">
            Make a code
          </Button>
        </Stack>
      </form>
    )
  }
  const { code, command, expiresAt } = make.data
  return (
    <Stack gap="md">
      <CopyLine title="1. On the server, save this code in a file that only you can read" value={code} />
      <CopyLine title="2. There, run this with the name of the file" value={command} />
      <CopyLine title="3. Start it" value="sallygate connector run" />
      <RootForRelay />
      <Text size="sm" c="dimmed">
        The code works once, until {moment(expiresAt)}, and is not shown again.
      </Text>
    </Stack>
  )
}

function ByInstaller({ group, onMade }: { readonly group: string; readonly onMade: () => void }) {
  const [uses, setUses] = useState<number | string>(1)
  const [days, setDays] = useState<number | string>(7)
  const [password, setPassword] = useState('')
  const make = useMutation({
    mutationFn: () =>
      ask<Installer>('POST', path`/api/groups/${group}/installer`, {
        body: { uses: Number(uses), days: Number(days), ...(password === '' ? {} : { certificatePassword: password }) },
      }),
    onSuccess: onMade,
  })
  if (make.data === undefined) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack gap="md" maw={420}>
          <Group grow align="flex-start">
            <NumberInput label="Servers" min={1} max={100} value={uses} onChange={setUses} allowDecimal={false} />
            <NumberInput
              label="Valid for (days)"
              min={1}
              max={30}
              value={days}
              onChange={setDays}
              allowDecimal={false}
            />
          </Group>
          <PasswordInput
            label="Certificate password"
            description="At least 14 characters. Empty: one is made and shown once."
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the certificate password' }}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {make.isError && <FailureNotice error={make.error} />}
          <Button type="submit" loading={make.isPending} className="start">
            Make an installer
          </Button>
        </Stack>
      </form>
    )
  }
  const { fileName, installer, certificatePassword, expiresAt } = make.data
  return (
    <Stack gap="md">
      <Button variant="light" className="start" onClick={() => saveFile(fileName, installer)}>
        Download the installer
      </Button>
      {certificatePassword !== undefined && (
        <CopyLine title="Certificate password: send it by another way than the file" value={certificatePassword} />
      )}
      <CopyLine
        title="On the server, run this; it asks for the password"
        value={`sallygate connector enroll --installer ${fileName}`}
      />
      <CopyLine title="Then start it" value="sallygate connector run" />
      <Text size="sm" c="dimmed">
        The file works until {moment(expiresAt)}. The password is not shown again.
      </Text>
    </Stack>
  )
}

/** A code carries no certificate: a server that does not know who signed the relay's has to be told. */
function RootForRelay() {
  const get = useMutation({
    mutationFn: () => ask<{ pem: string }>('GET', path`/api/certificates/root`),
    onSuccess: ({ pem }) => saveFile('sallygate-root.pem', pem),
  })
  return (
    <Stack gap={4}>
      <Text size="sm">
        Has this console issued the certificate of the relay? Then take its root along, and add{' '}
        <code>--relay-ca sallygate-root.pem</code> to the second line.
      </Text>
      <Button variant="subtle" size="compact-sm" className="start" loading={get.isPending} onClick={() => get.mutate()}>
        Download sallygate-root.pem
      </Button>
      {get.isError && <FailureNotice error={get.error} />}
    </Stack>
  )
}

/** Green when somebody comes who was not live when the invitation was made. */
function Arrival({ group, onLive }: InvitationProps) {
  const { data } = useQuery({ ...connectorsQuery(group), refetchInterval: 1000 })
  const before = useRef<ReadonlySet<string> | undefined>(undefined)
  if (before.current === undefined && data !== undefined) {
    before.current = new Set(data.filter(({ state }) => state === 'live').map(({ id }) => id))
  }
  const come = data?.find(({ id, state }) => state === 'live' && before.current?.has(id) === false)
  const enrolled = data?.find(({ id, state }) => state === 'away' && before.current?.has(id) === false)
  const isLive = come !== undefined
  useEffect(() => {
    if (come !== undefined) onLive?.(come)
    // Once, when it comes; that it is still here is no news.
  }, [isLive])
  if (come !== undefined) {
    return <Notice about="ok" says={`${visible(come.name)} is here, and live.`} fix="It takes work from now on." />
  }
  return (
    <div className="notice" role="status">
      <Loader size={20} aria-hidden />
      <div>
        <Text size="sm" fw={600}>
          {enrolled === undefined
            ? 'Waiting for the connector…'
            : `${visible(enrolled.name)} has enrolled. Waiting until it runs…`}
        </Text>
        <Text size="sm">This turns green when it has dialed in. You may leave this page.</Text>
      </div>
    </div>
  )
}
