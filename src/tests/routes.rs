//! The text of every page and file by its address, as each role gets it: one module for each route of the site.

mod account;
mod calendar;
mod catalog;
mod contractors;
mod contracts;
mod deliveries;
mod findings;
mod health;
mod logs;
mod overview;
mod reader;
mod sign_in;
mod site;
mod spend;
mod text;

use domain::account::Role;
use site::{Page, site};

const ROLES: [Role; 2] = [Role::Admin, Role::Hirer];
