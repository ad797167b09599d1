import { Alert, Anchor, Button, Code, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { IconActivity, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { type Page, call } from '../api.ts';
import { PageHead, State } from '../parts/basics.tsx';
import { Empty } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { isWordKey, useFormats, useT } from '../words.tsx';
import classes from './live_events.module.css';
import { type ServerEvent, eventTypes } from './webhook_types.ts';

const shownMax = 200;

/** What happens, as it happens: the newest first. */
export function LiveEvents() {
  const t = useT();
  const { projectId } = useProject();
  const [search, setSearch] = useSearchParams();
  const [isPaused, setPaused] = useState(false);
  const type = search.get('type') ?? '';
  const { events, isConnected } = useEvents(projectId, type, isPaused);
  return (
    <Stack>
      <PageHead
        title={t('nav_live')}
        text={t('live_text')}
        actions={
          <>
            <State value={isPaused ? 'paused' : isConnected ? 'active' : 'pending'} label={t(isPaused ? 'live_paused' : isConnected ? 'live_connected' : 'live_connecting')} />
            <Button variant="default" leftSection={isPaused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={() => setPaused(!isPaused)}>
              {t(isPaused ? 'resume' : 'pause')}
            </Button>
          </>
        }
      />
      <Select label={t('event')} clearable searchable placeholder={t('any')} maw={280} value={type || null} data={[...eventTypes]} onChange={(value) => setSearch(value ? { type: value } : {}, { replace: true })} />
      {!isConnected && !isPaused && events.length > 0 && <Alert color="yellow">{t('live_connecting')}</Alert>}
      {events.length === 0 ? (
        <Paper withBorder>
          <Empty title={t('live_empty')} icon={<IconActivity size={28} />}>
            {t('live_empty_text')}
          </Empty>
        </Paper>
      ) : (
        <Paper withBorder component="ol" className={classes.list} aria-live="polite">
          {events.map((event) => (
            <EventLine key={event.event_id} event={event} />
          ))}
        </Paper>
      )}
    </Stack>
  );
}

function EventLine({ event }: { event: ServerEvent }) {
  const t = useT();
  const { projectId } = useProject();
  const formats = useFormats();
  const { validation_id, login_id, user_id, destination, reason, channel } = event.data as unknown as Record<string, string | undefined>;
  const to = validation_id ? `validations/${validation_id}` : login_id ? `logins/${login_id}` : user_id ? `users/${encodeURIComponent(user_id)}` : undefined;
  const channelKey = `channel_${channel}`;
  const words = [isWordKey(channelKey) ? t(channelKey) : channel, destination, reason, user_id].filter(Boolean).join(' · ');
  return (
    <li className={classes.line}>
      <Text size="xs" c="dimmed" component="time" dateTime={event.timestamp} title={formats.exact(event.timestamp)}>
        {formats.clock(event.timestamp)}
      </Text>
      <Group gap="xs" style={{ minWidth: 0 }}>
        <Code>{event.type}</Code>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {to ? <Anchor component={Link} to={`/${projectId}/${to}`} size="sm">{words || to}</Anchor> : words}
        </Text>
      </Group>
    </li>
  );
}

/** The last events, and then each new one from the stream. The browser connects again by itself. */
function useEvents(projectId: string, type: string, isPaused: boolean) {
  const [events, setEvents] = useState<ServerEvent[]>([]);
  const [isConnected, setConnected] = useState(false);
  const seen = useRef(new Set<string>());
  useEffect(() => {
    seen.current = new Set();
    setEvents([]);
  }, [projectId, type]);
  useEffect(() => {
    if (isPaused) return;
    const add = (fresh: ServerEvent[]) => {
      const unseen = fresh.filter((event) => !seen.current.has(event.event_id));
      for (const event of unseen) seen.current.add(event.event_id);
      if (unseen.length > 0) setEvents((before) => [...unseen, ...before].slice(0, shownMax));
    };
    const query = { project_id: projectId, ...(type ? { type } : {}) };
    void call<Page<ServerEvent>>('GET', '/events', { query: { ...query, limit: 50 } }).then(({ items }) => add(items), () => undefined);
    const stream = new EventSource(`/v2/access/events/stream?${new URLSearchParams(query).toString()}`);
    const read = (message: MessageEvent<string>) => {
      try {
        const event = JSON.parse(message.data) as ServerEvent;
        add([{ ...event, event_id: event.event_id ?? message.lastEventId }]);
      } catch {
        // A line that isn't an event, such as one that keeps the connection alive, has nothing to show.
      }
    };
    stream.onopen = () => setConnected(true);
    stream.onerror = () => setConnected(false);
    stream.onmessage = read;
    for (const name of eventTypes) stream.addEventListener(name, read as EventListener);
    return () => {
      setConnected(false);
      stream.close();
    };
  }, [projectId, type, isPaused]);
  return { events, isConnected };
}
