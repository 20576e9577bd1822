import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A checkout as the stack's first users have it, with the faults that were found in it. Values begin with "canary". */
const FILES: Record<string, string> = {
  "docker-compose.production.yml": `services:
  postgres:
    image: postgres:15-alpine
    container_name: soloflow-db
    restart: always
    environment:
      POSTGRES_USER: postgres
      POSTGRES_PASSWORD: postgres
    ports: ["5434:5432"]
    volumes: [db_data:/var/lib/postgresql/data]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]
      start_interval: 1s

  gateway:
    build: ./api-gateway
    container_name: soloflow-gateway
    restart: always
    env_file: .env.docker
    environment:
      API_KEY_PEPPER: \${API_KEY_PEPPER}
      SPRING_DATASOURCE_PASSWORD: postgres
    ports: ["8080:8080"]
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8080/actuator/health"]

  provider:
    build: ./api-key-provider
    container_name: soloflow-provider
    restart: always
    env_file: .env.docker
    environment:
      API_KEY_PEPPER: \${API_KEY_PEPPER}
      BETTER_AUTH_SECRET: \${BETTER_AUTH_SECRET}
      BETTER_AUTH_URL: http://localhost:3000
      STRIPE_SECRET_KEY: \${STRIPE_SECRET_KEY:-sk_test_mock}
    ports: ["3000:3000"]
    healthcheck:
      test: ["CMD", "wget", "-q", "http://localhost:3000/api/health"]

  pgadmin:
    image: dpage/pgadmin4
    container_name: pgadmin
    restart: always
    environment:
      PGADMIN_DEFAULT_EMAIL: admin@example.com
      PGADMIN_DEFAULT_PASSWORD: admin
    ports: ["6432:80"]
    volumes: [pgadmin_data:/pgadmin4]

volumes:
  db_data:
  pgadmin_data:
`,
  ".env.docker": `API_KEY_PEPPER=canary-5Vn2xK7mW4tB9cD1fG6hJ3kL0pSsQ8Zr
BETTER_AUTH_SECRET=canary-2xK7mW4tB9cD1f
STRIPE_SECRET_KEY=sk_test_your_key_here
`,
  "api-gateway/Dockerfile": `FROM maven AS build
COPY . .
RUN mvn package
FROM eclipse-temurin:21-jre
ENV SPRING_PROFILES_ACTIVE production
COPY --from=build /target/app.jar /app.jar
USER 1000
ENTRYPOINT ["java", "-jar", "/app.jar"]
`,
  "api-key-provider/Dockerfile": `FROM node:20 AS builder
WORKDIR /app
COPY . .
ARG BETTER_AUTH_SECRET
ENV STRIPE_SECRET_KEY=sk_live_canary4eC39HqLyjWDarj
RUN npm run build
FROM node:20
WORKDIR /app
COPY --from=builder /app/.next/standalone ./
COPY --from=builder /app/.next/static ./.next/static
COPY --from=builder /app/public ./.next/public
USER 1000
CMD ["node", "server.js"]
`,
  "api-key-provider/package.json": '{ "dependencies": { "next": "15.0.0", "resend": "4.0.0" } }\n',
  "api-key-provider/lib/mail.ts": `import { Resend } from "resend";

export const resend = new Resend(process.env.RESEND_API_KEY);
`,
  "api-key-provider/node_modules/x/index.ts": "const a = new Resend(process.env.RESEND_API_KEY);\n",
  "api-key-provider/.env.local": "STRIPE_SECRET_KEY=sk_live_canary\n",
  "soloflow.toml": `project = "soloflow"
compose = "docker-compose.production.yml"

[service.gateway]
ready = { http = ":8080/actuator/health" }

[service.provider]
ready = { http = ":3000/api/health" }
`,
};

export function writeLegacyCheckout(folder: string): void {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o600 });
  }
}
