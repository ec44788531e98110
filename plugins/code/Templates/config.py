"""Settings: from the environment, and from `.env` where there is one."""

from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

API_KEY_LENGTH_MIN = 16


class Settings(BaseSettings):
    """What differs from one installation to the next; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_", extra="ignore")

    environment: Literal["development", "test", "production"] = "development"
    database_url: str = "sqlite:///./app.db"
    create_tables: bool = True
    api_key: SecretStr = SecretStr("")
    allowed_hosts: list[str] = ["*"]
    cors_origins: list[str] = []

    @model_validator(mode="after")
    def production_is_protected(self) -> Self:
        """A forgotten key must keep the server from starting, not leave it open."""
        key = self.api_key.get_secret_value()
        if self.environment == "production" and len(key) < API_KEY_LENGTH_MIN:
            raise ValueError(f"APP_API_KEY needs {API_KEY_LENGTH_MIN} characters or more in production")
        return self
