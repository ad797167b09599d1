import { lazy } from 'react';
import type { RouteObject } from 'react-router';

import { ProjectScope } from './project.tsx';
import { Shell } from './shell.tsx';
import { Account } from './pages/account.tsx';
import { Admins } from './pages/admins.tsx';
import { Audit } from './pages/audit.tsx';
import { Fraud } from './pages/fraud.tsx';
import { Imports } from './pages/imports.tsx';
import { Inbox } from './pages/inbox.tsx';
import { Keys } from './pages/keys.tsx';
import { LiveEvents } from './pages/live_events.tsx';
import { Locks } from './pages/locks.tsx';
import { Logins } from './pages/logins.tsx';
import { LoginPage } from './pages/login.tsx';
import { MessagePage } from './pages/message.tsx';
import { Messages } from './pages/messages.tsx';
import { Missing } from './pages/missing.tsx';
import { ProjectSettings } from './pages/project_settings.tsx';
import { Projects } from './pages/projects.tsx';
import { Senders } from './pages/senders.tsx';
import { Setup } from './pages/setup/setup.tsx';
import { Templates } from './pages/templates.tsx';
import { UserPage } from './pages/user.tsx';
import { Users } from './pages/users.tsx';
import { ValidationPage } from './pages/validation.tsx';
import { Validations } from './pages/validations.tsx';
import { WebhookPage } from './pages/webhook.tsx';
import { Webhooks } from './pages/webhooks.tsx';

// Plots are half of the console's size: they come when somebody looks at them.
const Overview = lazy(() => import('./pages/overview.tsx'));

/** Every address of the console: at most three parts, which is what the server knows (src/app/routes.cpp). */
export const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      { path: '/', element: <Projects /> },
      { path: '/projects', element: <Projects /> },
      { path: '/keys', element: <Keys /> },
      { path: '/admins', element: <Admins /> },
      { path: '/audit', element: <Audit /> },
      { path: '/account', element: <Account /> },
      {
        path: '/:projectId',
        element: <ProjectScope />,
        children: [
          { index: true, element: <Overview /> },
          { path: 'overview', element: <Overview /> },
          { path: 'setup', element: <Setup /> },
          { path: 'setup/:step', element: <Setup /> },
          { path: 'live', element: <LiveEvents /> },
          { path: 'validations', element: <Validations /> },
          { path: 'validations/:id', element: <ValidationPage /> },
          { path: 'logins', element: <Logins /> },
          { path: 'logins/:id', element: <LoginPage /> },
          { path: 'users', element: <Users /> },
          { path: 'users/:id', element: <UserPage /> },
          { path: 'imports', element: <Imports /> },
          { path: 'messages', element: <Messages /> },
          { path: 'messages/:id', element: <MessagePage /> },
          { path: 'inbox', element: <Inbox /> },
          { path: 'templates', element: <Templates /> },
          { path: 'senders', element: <Senders /> },
          { path: 'webhooks', element: <Webhooks /> },
          { path: 'webhooks/:id', element: <WebhookPage /> },
          { path: 'locks', element: <Locks /> },
          { path: 'fraud', element: <Fraud /> },
          { path: 'settings', element: <ProjectSettings /> },
          { path: '*', element: <Missing /> },
        ],
      },
      { path: '*', element: <Missing /> },
    ],
  },
];
