import { ActionIcon, AppShell, Avatar, Burger, Group, Menu, NavLink, ScrollArea, Text, UnstyledButton, VisuallyHidden, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { languages } from '@accessd/shared/words.ts';
import { IconLanguage, IconLogout, IconMoon, IconShieldLock, IconSun } from '@tabler/icons-react';
import { Suspense, useEffect } from 'react';
import { Link, Outlet, useLocation, useMatch } from 'react-router';

import icon from './icon.svg';
import { type NavItem, projectNav, serverNav } from './nav.ts';
import { ProjectSwitch } from './parts/project_switch.tsx';
import { Waiting } from './parts/notices.tsx';
import { useSession, useSignOut } from './session.tsx';
import { useT, useWords } from './words.tsx';

/** What frames every page: where one is, where one can go, who one is. */
export function Shell() {
  const t = useT();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const projectId = useMatch('/:projectId/*')?.params.projectId ?? '';
  const isProject = projectId.startsWith('prj_');
  useEffect(close, [pathname]);

  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 250, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="lg">
      <a className="skip" href="#content">
        {t('skip_to_content')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
            <UnstyledButton component={Link} to="/projects">
              <Group gap={8} wrap="nowrap">
                <img src={icon} width={26} height={26} alt={t('all_projects')} />
                <Text fw={700} visibleFrom="xs">
                  accessd
                </Text>
              </Group>
            </UnstyledButton>
            <ProjectSwitch projectId={isProject ? projectId : ''} />
          </Group>
          <Group gap={4} wrap="nowrap">
            <ThemeSwitch />
            <LanguageMenu />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <ScrollArea type="auto">
          <nav aria-label={t('menu')}>
            {isProject && <NavGroup title={t('nav_project')} items={projectNav} base={`/${projectId}`} />}
            <NavGroup title={t('nav_server')} items={serverNav} base="" />
          </nav>
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        <div style={{ maxWidth: 1180, margin: '0 auto' }}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function NavGroup({ title, items, base }: { title: string; items: NavItem[]; base: string }) {
  const t = useT();
  const { pathname } = useLocation();
  return (
    <div style={{ marginBottom: 16 }}>
      <Text size="xs" fw={600} c="dimmed" px="sm" mb={4}>
        {title}
      </Text>
      {items.map(({ path, label, icon: Icon }) => {
        const to = `${base}/${path}`;
        const isHere = pathname === to || pathname.startsWith(`${to}/`) || (path === 'overview' && pathname === base);
        return (
          <NavLink
            key={path}
            component={Link}
            to={to}
            label={t(label)}
            leftSection={<Icon size={18} stroke={1.6} />}
            active={isHere}
            aria-current={isHere ? 'page' : undefined}
            style={{ borderRadius: 8 }}
            py={6}
          />
        );
      })}
    </div>
  );
}

function ThemeSwitch() {
  const t = useT();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t(isDark ? 'light_theme' : 'dark_theme')} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
      {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

const languageNames = { en: 'English', es: 'Español', pt: 'Português' };

export function LanguageMenu() {
  const { t, setLanguage } = useWords();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('language')}>
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((language) => (
          <Menu.Item key={language} lang={language} onClick={() => setLanguage(language)} fw={language === t.language ? 700 : 400}>
            {languageNames[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PersonMenu() {
  const t = useT();
  const { admin } = useSession();
  const signOut = useSignOut();
  const name = admin.name ?? admin.email;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <VisuallyHidden>{t('account')}</VisuallyHidden>
          <Avatar name={name} color="accessd" size={32} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label style={{ overflowWrap: 'anywhere' }}>
          {admin.email} · {t(`role_${admin.role}`)}
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconShieldLock size={16} />}>
          {t('account_title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t('sign_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
